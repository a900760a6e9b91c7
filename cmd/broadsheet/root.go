package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/figures"
)

const about = `Broadsheet builds a newsroom's digest and mails it.

Every command works on a newsroom: a folder with a broadsheet.yaml, made by
"broadsheet init". Editions are named NEWSLETTER/SLOT, such as
weekly/2026-11-27T09:00; weekly/2026-11-27 will do where that day has only one, and
weekly alone means its edition at hand.

Exit codes: 0 done; 1 failed; 2 misused; 3 done, but some deliveries are queued,
deferred, rejected or in doubt, some sources could not be read, some rows of an import
are bad, a test mail waits, or nothing would take over for a relay.`

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "broadsheet",
		Short:         "Build a newsroom's digest and mail it",
		Long:          about,
		Example:       "broadsheet demo\nbroadsheet init observer --title \"The Harbour Observer\" --source https://harbour-observer.example/feed.xml",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVarP(&a.Dir, "dir", "C", a.Dir, "the newsroom's folder (default: $BROADSHEET_DIR, or here)")
	root.PersistentFlags().BoolVarP(&a.Verbose, "verbose", "v", false, "log what happens to standard error")
	root.PersistentFlags().StringVar(&a.AsOf, "as-of", a.AsOf, "the time the command begins at, 2026-11-26T18:00 in this machine's zone, or RFC 3339 (default: now)")
	root.PersistentFlags().StringVar(&a.Key, "key", a.Key, "a file with the master key, or - for standard input (default: as broadsheet.yaml says)")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return a.setClock() }
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(a.printHelp)
	root.AddGroup(
		&cobra.Group{ID: "start", Title: "Begin"},
		&cobra.Group{ID: "edit", Title: "Make an edition"},
		&cobra.Group{ID: "send", Title: "Send it"},
		&cobra.Group{ID: "run", Title: "Readers, and the daemon"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("start", a.demo(), a.init(), a.check(), a.dkim(), a.theme(), a.words())
	add("edit", a.sources(), a.fetch(), a.draft(), a.extra(), a.editions(), a.show(), a.preview(), a.lint(), a.test(), a.edit(), a.approve(), a.reopen())
	add("send", a.send(), a.status(), a.pause(), a.resume(), a.cancel(), a.doubt(), a.relays(), a.mirrors())
	add("run", a.subscribers(), a.serve(), a.unlock(), a.lock(), a.keys(), a.versionCommand())
	root.AddCommand(a.manPage())
	root.SuggestionsMinimumDistance = 2 // letters that may be wrong
	wrapArgs(root)
	return root
}

// wrapHelp makes "help" of a command that is not there a usage error, too.
func wrapHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, help := range root.Commands() {
		if help.Name() == "help" {
			help.Args = func(_ *cobra.Command, args []string) error {
				if c, rest, err := root.Find(args); err == nil && len(rest) > 0 && c.HasSubCommands() {
					return misused("%s", noSuchCommand(c, rest[0]))
				}
				return nil
			}
		}
	}
}

// holds marks a command that only holds others.
const holds = "holds others"

func holdsOnly(c *cobra.Command) bool { return c.Annotations[holds] != "" }

// wrapArgs makes a wrong number of arguments a usage error everywhere, and so a command
// that is not there: cobra would print the help of the one above it, and be content.
func wrapArgs(c *cobra.Command) {
	if c.HasSubCommands() && !c.Runnable() {
		c.Annotations = map[string]string{holds: "yes"}
		c.Args = cobra.NoArgs
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return misused("%s", howToCall(c, args))
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

// howToCall says what a command is called with, and shows one call; of one that takes no
// word but a command's, which these are.
func howToCall(c *cobra.Command, args []string) string {
	if c.HasSubCommands() && !strings.Contains(c.Use, " ") {
		return noSuchCommand(c, args[0])
	}
	takes := "takes no argument"
	if _, list, some := strings.Cut(c.Use, " "); some {
		takes = "takes " + list
	}
	text := fmt.Sprintf("%s %s, and got %s", strings.TrimPrefix(c.CommandPath(), "broadsheet "), takes, figures.Counted(len(args), "argument", "arguments"))
	if example, _, _ := strings.Cut(c.Example, "\n"); example != "" {
		text += ". For example: " + example
	}
	return text
}

// noSuchCommand says which commands there are. It does not repeat a word that may be a
// reader's address.
func noSuchCommand(c *cobra.Command, word string) string {
	likely := c.SuggestionsFor(word)
	switch {
	case !c.HasParent() && len(likely) > 0:
		return fmt.Sprintf("there is no command %q: did you mean %s?", word, strings.Join(likely, " or "))
	case !c.HasParent():
		return fmt.Sprintf("there is no command %q", word)
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	last := len(names) - 1
	return fmt.Sprintf("%s has no such command: it has %s and %s", strings.TrimPrefix(c.CommandPath(), "broadsheet "), strings.Join(names[:last], ", "), names[last])
}

func (a *App) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "broadsheet version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.Out, "broadsheet "+version())
			return err
		},
	}
}

// version is the module's version as the Go tool recorded it, with the commit
// where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "0.1.0-dev"
	}
	return info.Main.Version
}
