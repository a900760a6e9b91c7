package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) init() *cobra.Command {
	v := config.Values{Timezone: localZone()}
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a newsroom: its configuration and its key",
		Long: `Make a folder with a commented broadsheet.yaml of some 35 lines, the master key that
seals the list (broadsheet.key: keep a copy elsewhere; without it no address can
be read). The list is made when it is first needed. Nothing that is there is
overwritten.`,
		Example: "broadsheet init observer\nbroadsheet init observer --title \"The Observer\" --source https://observer.example/feed.xml",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := args[0]
			if err := findSource(&v); err != nil {
				return err
			}
			sample := config.Sample(v)
			if _, err := config.Parse(newsroom.ConfigFile, sample, dir, a.Lookup); err != nil {
				return misused("nothing was made, for with these flags %w", err)
			}
			if err := newsroom.Init(c.Context(), dir, sample); err != nil {
				return err
			}
			a.printMade(dir, v)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&v.Site, "site", "", "where readers' pages will be, https://news.example.org")
	f.StringVar(&v.Relay, "relay", "", "the SMTP server that takes the mail, host:port")
	f.StringVar(&v.Name, "name", "", "short name of the newsletter (weekly)")
	f.StringVar(&v.Title, "title", "", "the newsletter's name for readers")
	f.StringVar(&v.From, "from", "", "the address it is sent from")
	f.StringVar(&v.Language, "language", "", "its language (en)")
	f.StringVar(&v.Schedule, "schedule", "", "cron line (0 9 * * FRI)")
	f.StringVar(&v.Timezone, "timezone", v.Timezone, "time zone of the schedule")
	f.StringVar(&v.Source, "source", "", "link of a feed, or a feed's file, or a folder of stories")
	f.StringVar(&v.Editor, "editor", "", "address that is told of drafts, and how a send went")
	return c
}

// findSource tells a file and a folder from a link. In the configuration they stand whole:
// there they are looked for from its own folder, and here from where the person is.
func findSource(v *config.Values) error {
	if v.Source == "" || strings.Contains(v.Source, "://") {
		return nil
	}
	info, err := os.Stat(v.Source)
	if err != nil {
		return misused("--source %s is no link, which begins with https://, and no file or folder: %w", v.Source, err)
	}
	if v.Lies = "file"; info.IsDir() {
		v.Lies = "folder"
	}
	v.Source, err = filepath.Abs(v.Source)
	return err
}

// printMade says what a new newsroom consists of, and what comes next.
func (a *App) printMade(dir string, v config.Values) {
	next := fmt.Sprintf("cd %s, edit the file, broadsheet check", dir)
	if filepath.Clean(dir) == "." {
		dir, next = "This folder", "edit the file, broadsheet check"
	}
	a.tell("%s is a newsroom.\n\n", dir)
	a.printFact("  "+newsroom.ConfigFile+"  ", "what to change first")
	a.printFact("  "+newsroom.KeyFile+"   ", "keep a copy elsewhere: without it the list cannot be read")
	if v.Lies == "" && config.Inside(v.Source) {
		a.tell("\n%s is not on the public internet, where sources are not read unless it is said that they are meant. For this one broadsheet.yaml says so: \"allow_private: true\" beneath its url. Give it to every other source there, too.\n", v.Source)
	}
	a.tell("\nNext: %s.\n", next)
}

// localZone is the name of this machine's time zone; empty where it has none.
func localZone() string {
	if name := time.Local.String(); name != "Local" && name != "" {
		return name
	}
	target, err := os.Readlink("/etc/localtime")
	if err != nil {
		return ""
	}
	if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
		return name
	}
	return ""
}
