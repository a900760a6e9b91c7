package main

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError says what is wrong with a flag's value and what to write, in our words: the
// library's name the functions that it called.
func flagError(_ *cobra.Command, err error) error {
	var bad *pflag.InvalidValueError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &bad):
		return misused("--%s %q: %s", bad.GetFlag().Name, bad.GetValue(), whatToWrite(bad.GetFlag()))
	case errors.As(err, &empty):
		return misused("--%s has nothing after it: %s", empty.GetFlag().Name, empty.GetFlag().Usage)
	}
	return usageError{err}
}

// whatToWrite tells a flag's form by an example of it, its default where it has one.
func whatToWrite(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "write a whole number, such as " + f.DefValue
	case "count":
		return "write a whole number above 0, such as " + f.DefValue
	case "duration":
		return "write a time with its unit, such as 90s, 5m or 1h30m"
	case "bool":
		return fmt.Sprintf("write --%s alone, or --%s=false", f.Name, f.Name)
	case "stringSlice":
		return fmt.Sprintf("write --%s once for each, with no quotation marks in it", f.Name)
	}
	return f.Usage
}

var errForm = errors.New("not of the flag's form")

// count is a flag of a whole number above 0.
type count int

func countFlag(c *cobra.Command, to *int, name string, otherwise int, usage string) {
	*to = otherwise
	c.Flags().Var((*count)(to), name, usage)
}

func (n *count) String() string { return strconv.Itoa(int(*n)) }
func (*count) Type() string     { return "count" }

func (n *count) Set(text string) error {
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 {
		return errForm
	}
	*n = count(v)
	return nil
}

// stay is a flag of how long something is waited for, 0 included.
type stay time.Duration

func stayFlag(c *cobra.Command, to *time.Duration, name string, otherwise time.Duration, usage string) {
	*to = otherwise
	c.Flags().Var((*stay)(to), name, usage)
}

func (s *stay) String() string { return time.Duration(*s).String() }
func (*stay) Type() string     { return "duration" }

func (s *stay) Set(text string) error {
	v, err := time.ParseDuration(text)
	if err != nil || v < 0 {
		return errForm
	}
	*s = stay(v)
	return nil
}
