package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates"
)

func (a *App) theme() *cobra.Command {
	c := &cobra.Command{
		Use:   "theme",
		Short: "See the themes, and copy parts of one to change them",
		Long: `A theme is how mails and readers' pages look. "look: {theme: plain}" in
broadsheet.yaml chooses one; colours, fonts, logo and footer are set there, too.

For more, copy a partial, one part of a mail such as the footer, into the folder
templates of the newsroom and change it there. A copy in templates/NEWSLETTER counts
for that newsletter alone. See docs/themes.md.`,
		Example: "broadsheet theme list\nbroadsheet theme eject footer\nbroadsheet theme diff",
	}
	c.AddCommand(a.themeList(), a.themeShow(), a.themeEject(), a.themeDiff())
	return c
}

// configured makes a command's body of one that needs the configuration alone.
func (a *App) configured(body func(conf *config.Config, args []string) error) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		o, err := a.options("operator")
		if err != nil {
			return err
		}
		conf, err := newsroom.LoadConfig(o)
		if err != nil {
			return err
		}
		return body(conf, args)
	}
}

// themeRow is a theme in the list.
type themeRow struct {
	Theme       string   `json:"theme"`
	About       string   `json:"about"`
	Newsletters []string `json:"newsletters"`
}

func (a *App) themeList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the themes, who uses them, and your own partials",
		Example: "broadsheet theme list\nbroadsheet theme list --json",
		Args:    cobra.NoArgs,
		RunE: a.configured(func(conf *config.Config, _ []string) error {
			var rows []themeRow
			var cells [][]string
			for _, info := range templates.Themes() {
				r := themeRow{Theme: info.Name, About: info.About, Newsletters: []string{}}
				for _, letter := range conf.Newsletters {
					if letter.Look.Theme == info.Name || letter.Look.Theme == "" && info.Name == templates.DefaultTheme {
						r.Newsletters = append(r.Newsletters, letter.Name)
					}
				}
				rows = append(rows, r)
				cells = append(cells, []string{r.Theme, strings.Join(r.Newsletters, ", "), r.About})
			}
			if asJSON {
				return a.printJSON(rows)
			}
			printTable(a.Out, []string{"THEME", "NEWSLETTERS", "IS"}, cells)
			return a.printOwn(conf)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printOwn lists the newsroom's own partials.
func (a *App) printOwn(conf *config.Config) error {
	own, err := newsroom.OwnPartials(conf, "")
	if err != nil || len(own) == 0 {
		return err
	}
	fmt.Fprintln(a.Out)
	for _, c := range own {
		what := "yours"
		switch {
		case c.Outdated:
			what = "yours, of a built-in one that has changed since: see broadsheet theme diff"
		case c.Own == c.Builtin:
			what = "yours, and no different from the built-in one"
		}
		fmt.Fprintf(a.Out, "%s: %s\n", c.File, what)
	}
	return nil
}

func (a *App) themeShow() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:     "show PARTIAL",
		Short:   "Print a built-in partial: what it is, what data it has, its text",
		Example: "broadsheet theme show footer\nbroadsheet theme show lead --theme plain",
		Args:    cobra.ExactArgs(1),
		RunE: a.configured(func(conf *config.Config, args []string) error {
			theme, err := newsroom.ThemeToCopy(conf, name, "")
			if err != nil {
				return err
			}
			text, err := theme.Copy(newsroom.PartialName(args[0]))
			if err != nil {
				return err
			}
			_, err = a.Out.Write(text)
			return err
		}),
	}
	c.Flags().StringVar(&name, "theme", "", "the theme (default: that of your newsletters)")
	return c
}

func (a *App) themeEject() *cobra.Command {
	var order newsroom.Ejection
	c := &cobra.Command{
		Use:   "eject [PARTIAL...]",
		Short: "Copy partials of a theme into templates/, to change them",
		Long: `Copy partials, each a part of a mail or page such as the footer, into the folder
templates of the newsroom, where your copy takes the place of the built-in one. At
its head stands what it is and what data it has. Without a name, list them.

A file that is there is left alone, unless you say --force. Copy only what you
change: the rest then gets better with each version of Broadsheet.`,
		Example: "broadsheet theme eject\nbroadsheet theme eject footer masthead\nbroadsheet theme eject lead --newsletter weekly",
		Args:    cobra.ArbitraryArgs,
		RunE: a.configured(func(conf *config.Config, args []string) error {
			if len(args) == 0 {
				return a.printPartials(conf, order)
			}
			order.Partials = args
			files, err := newsroom.Eject(conf, order)
			if err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintln(a.Out, f)
			}
			fmt.Fprint(a.Out, "\nChange it, and see it as you save it with \"broadsheet preview EDITION --serve\".\n"+
				"\"broadsheet check\" says what is wrong with it. Delete it to have the built-in one back.\n")
			return nil
		}),
	}
	c.Flags().StringVar(&order.Theme, "theme", "", "the theme to copy from (default: that of your newsletters)")
	c.Flags().StringVar(&order.Newsletter, "newsletter", "", "for this newsletter alone")
	c.Flags().BoolVar(&order.Force, "force", false, "write over copies that are there")
	return c
}

func (a *App) printPartials(conf *config.Config, order newsroom.Ejection) error {
	theme, err := newsroom.ThemeToCopy(conf, order.Theme, order.Newsletter)
	if err != nil {
		return err
	}
	var cells [][]string
	for _, info := range theme.Infos() {
		cells = append(cells, []string{strings.TrimSuffix(info.Name, ".html"), info.About})
	}
	printTable(a.Out, []string{"PARTIAL", "IS"}, cells)
	a.tell("\nName those to copy: broadsheet theme eject footer\n")
	return nil
}

func (a *App) themeDiff() *cobra.Command {
	var newsletter string
	c := &cobra.Command{
		Use:   "diff [PARTIAL...]",
		Short: "Show how your partials differ from the built-in ones",
		Long: `Show, for each partial of your own, the lines that the built-in one has (-) and
yours has (+). After an upgrade it says which built-in ones have changed since you
copied them: look whether yours wants the same change.`,
		Example: "broadsheet theme diff\nbroadsheet theme diff footer --newsletter weekly",
		Args:    cobra.ArbitraryArgs,
		RunE: a.configured(func(conf *config.Config, args []string) error {
			own, err := newsroom.OwnPartials(conf, newsletter)
			if err != nil {
				return err
			}
			for i := range args {
				args[i] = newsroom.PartialName(args[i])
			}
			shown := 0
			for _, c := range own {
				if len(args) > 0 && !slices.Contains(args, c.Name) {
					continue
				}
				shown++
				if c.Outdated {
					a.tell("The built-in %s has changed since %s was copied.\n", c.Name, c.File)
				}
				if c.Own == c.Builtin {
					a.tell("%s is no different from the built-in one.\n", c.File)
				}
				fmt.Fprintf(a.Out, "%s", diff.Diff("built-in/"+c.Name, []byte(c.Builtin), c.File, []byte(c.Own)))
			}
			if shown == 0 {
				a.tell("There is no such partial of your own: all are built in.\n")
			}
			return nil
		}),
	}
	c.Flags().StringVar(&newsletter, "newsletter", "", "those that count for this newsletter")
	return c
}
