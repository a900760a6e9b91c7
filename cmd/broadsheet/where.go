package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/subscribers/segment"
)

// whereFlag adds --where. An empty one is refused: a script whose variable is not set
// must not mean everyone.
func whereFlag(c *cobra.Command, to *string, usage string) {
	c.Flags().StringVar(to, "where", "", usage+`, such as 'language = "ru"' or @NAME of a segment in the configuration: docs/segments.md`)
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if *to == "" && c.Flags().Changed("where") {
			return misused("--where has nothing after it: leave it out to mean everyone")
		}
		err := run(c, args)
		var wrong *segment.Error
		if errors.As(err, &wrong) {
			return misused("--where, %v", wrong)
		}
		return err
	}
}
