package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
	mangocobra "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	helpWidth = 80 // columns of a help that goes to no terminal
	helpMost  = 96 // and at most: longer lines are hard to read
	helpNames = 34 // of them for the names of a list; a longer name has a line for itself
	helpText  = 34 // for what is said of a name at least; with less it stands below the name
)

// printHelp prints a command's help for as many columns as the terminal has. What is
// shown to be typed is broken so that it can be typed, or copied, as it stands.
func (a *App) printHelp(c *cobra.Command, _ []string) {
	fmt.Fprint(a.Out, helpOf(c, cmp.Or(terminalWidth(a.Out), helpWidth), a.bold))
}

func helpOf(c *cobra.Command, width int, bold func(string) string) string {
	width = min(width, helpMost)
	var b strings.Builder
	for i, paragraph := range strings.Split(cmp.Or(c.Long, c.Short+"."), "\n\n") {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(folded(paragraph, 0, width))
	}
	title := func(name string) { b.WriteString("\n" + bold(strings.ToUpper(name)) + "\n") }
	title("usage")
	for _, line := range usages(c) {
		b.WriteString("  " + strings.ReplaceAll(wrap(line, width-2, 2), "\n", "\n  ") + "\n")
	}
	if c.Example != "" {
		title("examples")
		for line := range strings.Lines(c.Example) {
			b.WriteString(typed(strings.TrimSpace(line), width))
		}
	}
	groups := append(slices.Clone(c.Groups()), &cobra.Group{Title: "Commands"})
	if len(groups) > 1 {
		groups[len(groups)-1].Title = "And"
	}
	for _, g := range groups {
		var list [][2]string
		for _, sub := range c.Commands() {
			if sub.GroupID == g.ID && sub.IsAvailableCommand() {
				list = append(list, [2]string{sub.Use, sub.Short})
			}
		}
		if len(list) > 0 {
			title(g.Title)
			b.WriteString(helpList(list, width))
		}
	}
	for _, set := range []struct {
		name  string
		flags *pflag.FlagSet
	}{{"flags", c.LocalNonPersistentFlags()}, {"flags of every command", everywhere(c)}} {
		if list := flagList(set.flags); len(list) > 0 {
			title(set.name)
			b.WriteString(helpList(list, width))
		}
	}
	return b.String()
}

// everywhere are the flags that every command has.
func everywhere(c *cobra.Command) *pflag.FlagSet { return c.Root().PersistentFlags() }

// usages are the ways in which a command is called.
func usages(c *cobra.Command) []string {
	var lines []string
	if c.Runnable() && !holdsOnly(c) {
		lines = append(lines, strings.TrimSuffix(c.UseLine(), " [flags]")+" [flags]")
	}
	if c.HasAvailableSubCommands() {
		lines = append(lines, c.CommandPath()+" COMMAND")
	}
	return lines
}

func flagList(flags *pflag.FlagSet) [][2]string {
	var list [][2]string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, text := "--"+f.Name, []rune(f.Usage)
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + " " + name
		}
		text[0] = unicode.ToUpper(text[0])
		about := string(text)
		if !slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) {
			about += " (" + f.DefValue + ")"
		}
		list = append(list, [2]string{name, about})
	})
	return list
}

// helpList sets names and what is said of them beside each other, or where there is no
// room one below the other.
func helpList(list [][2]string, width int) string {
	const gap = 2
	names := 0
	for _, one := range list {
		if n := runewidth.StringWidth(one[0]); n <= helpNames {
			names = max(names, n)
		}
	}
	at := gap + names + gap
	if width-at < helpText {
		at = 3 * gap
	}
	var b strings.Builder
	for _, one := range list {
		head := strings.Repeat(" ", gap) + one[0]
		text := folded(one[1], at, width)
		if n := runewidth.StringWidth(head); n+gap <= at {
			b.WriteString(head + text[n:])
		} else {
			b.WriteString(folded(one[0], gap, width) + text)
		}
	}
	return b.String()
}

// typed is a line of a shell as lines of so many columns: all but the last end in a
// backslash, as the shell wants it, and none is broken in an argument. A flag stays with
// its value where there is room for both.
func typed(line string, width int) string {
	words := shellPieces(line)
	var b strings.Builder
	row := "  " + words[0]
	for i, w := range words[1:] {
		with := w
		if next := words[i+1:]; strings.HasPrefix(w, "--") && len(next) > 1 && runewidth.StringWidth(w+next[1]) < width-8 {
			with += " " + next[1]
		}
		if runewidth.StringWidth(row+" "+with+` \`) > width {
			b.WriteString(row + " \\\n")
			row = "    " + w
			continue
		}
		row += " " + w
	}
	return b.String() + row + "\n"
}

// shellPieces splits a line at the blanks outside quotes, and leaves the quotes.
func shellPieces(line string) []string {
	var mark rune
	return strings.FieldsFunc(line, func(c rune) bool {
		switch {
		case mark != 0:
			if c == mark {
				mark = 0
			}
		case c == '"' || c == '\'':
			mark = c
		}
		return c == ' ' && mark == 0
	})
}

// manPage is hidden: packagers ask for it.
func (a *App) manPage() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Example: "broadsheet man > broadsheet.1",
		Args:    cobra.NoArgs,
		Hidden:  true,
		RunE: func(c *cobra.Command, _ []string) error {
			page, err := mangocobra.NewManPage(1, c.Root())
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.Out, page.Build(roff.NewDocument()))
			return err
		},
	}
}
