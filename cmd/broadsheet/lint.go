package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/templates"
)

func (a *App) lint() *cobra.Command {
	var o lintFlags
	c := &cobra.Command{
		Use:   "lint EDITION|FILE.eml",
		Short: "Say what is wrong with an edition's mail, or with a mail in a file",
		Long: `Look at each variant of an edition, as it is frozen or as it stands now, and say
what is wrong: errors, which stop it from going out, and warnings. Links are asked for,
unless --offline says not to. A file may hold any mail, from any program; "-" reads
one from standard input. Its links are never asked for: they may belong to a reader.

Exit code 1 says that there are errors; with --strict, or warnings.`,
		Example: "broadsheet lint weekly\nbroadsheet lint weekly/2026-11-27 --variant private\nbroadsheet lint mail.eml --strict\nbroadsheet lint --rules",
		Args: func(_ *cobra.Command, args []string) error {
			if o.rules && len(args) == 0 || !o.rules && len(args) == 1 {
				return nil
			}
			return errors.New("one edition or file, or --rules")
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case o.rules:
				return a.printRules(o.json)
			case isMailFile(args[0]):
				return a.lintFile(args[0], o)
			}
			return a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, args []string) error {
				r, err := n.Lint(ctx, args[0], newsroom.LintOptions{Variant: o.variant, Offline: o.offline})
				if err != nil {
					return err
				}
				return a.reportLint(r, o)
			})(c, args)
		},
	}
	c.Flags().StringVar(&o.variant, "variant", "", "look at this variant alone; of a file: private forbids all that is remote")
	c.Flags().BoolVar(&o.offline, "offline", false, "ask for no link")
	c.Flags().BoolVar(&o.strict, "strict", false, "fail on warnings, too")
	c.Flags().BoolVar(&o.rules, "rules", false, "print the rules, with who asks for each")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// lintFlags are what a person says to lint.
type lintFlags struct {
	variant                      string
	offline, strict, rules, json bool
}

// isMailFile tells a file from the name of an edition.
func isMailFile(name string) bool {
	if name == "-" || strings.HasSuffix(strings.ToLower(name), ".eml") {
		return true
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		_, err = digest.ParseRef(name)
		return err != nil
	}
	return err == nil && info.Mode().IsRegular()
}

// largestMail is how much of a file is read: more than lint looks at, so that it says so.
const largestMail = 26 << 20

func (a *App) lintFile(name string, o lintFlags) error {
	from := a.In
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a folder: name one mail in it", name)
		}
		from = file
	}
	eml, err := io.ReadAll(io.LimitReader(from, largestMail))
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(eml)) == 0 {
		return fmt.Errorf("%s is empty: there is no mail in it", name)
	}
	if o.variant != "" && o.variant != string(templates.Private) {
		return misused("--variant %q: of a file, only private makes a difference", o.variant)
	}
	found := lint.Message(eml, lint.Options{Now: a.Clock(), Received: true, Private: o.variant != ""})
	return a.reportLint(newsroom.LintReport{Edition: name, Variants: []newsroom.Linted{{Variant: o.variant, Findings: found}}}, o)
}

// reportLint prints what was found, and turns errors into the exit code.
func (a *App) reportLint(r newsroom.LintReport, o lintFlags) error {
	if o.json {
		for i, v := range r.Variants { // an empty list, which a script can go through, and no null
			r.Variants[i].Findings = append([]lint.Finding{}, v.Findings...)
		}
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else {
		a.printLint(r)
	}
	bad := int64(r.Count(lint.Error))
	if o.strict {
		bad += int64(r.Count(lint.Warning))
	}
	if bad > 0 {
		return fmt.Errorf("%s: %s", r.Edition, countLint(r))
	}
	return nil
}

// countLint says "2 errors, 1 warning".
func countLint(r newsroom.LintReport) string {
	errs, warnings := int64(r.Count(lint.Error)), int64(r.Count(lint.Warning))
	if errs+warnings == 0 {
		return "nothing found"
	}
	return figures.Counted(errs, "error", "errors") + ", " + figures.Counted(warnings, "warning", "warnings")
}

func (a *App) printLint(r newsroom.LintReport) {
	head := r.Edition
	if r.Revision > 0 {
		head += fmt.Sprintf(", revision %d, %s", r.Revision, r.State)
	}
	a.tell("%s: %s\n", head, countLint(r))
	a.printLinted(r.Variants)
	var clean []string
	for _, v := range r.Variants {
		if len(v.Findings) == 0 && v.Variant != "" {
			clean = append(clean, v.Variant)
		}
	}
	if len(clean) > 0 {
		a.tell("\nNothing to say of %s.\n", strings.Join(clean, ", "))
	}
}

// printLinted shows findings, a table for each variant that has some; those that have
// the same share one.
func (a *App) printLinted(variants []newsroom.Linted) {
	shown := map[string]bool{}
	for i, v := range variants {
		if len(v.Findings) == 0 || shown[v.Variant] {
			continue
		}
		var names []string
		for _, other := range variants[i:] {
			if other.Variant == v.Variant || v.Variant != "" && slices.Equal(other.Findings, v.Findings) {
				names = append(names, other.Variant)
				shown[other.Variant] = true
			}
		}
		name := strings.Join(names, ", ")
		if name == "" && len(variants) > 1 {
			name = "the edition"
		}
		if name != "" {
			a.tell("\n%s\n", name)
		}
		var rows [][]string
		for _, f := range v.Findings {
			where := f.Where
			if where == "" {
				where = "-"
			}
			rows = append(rows, []string{"  " + string(f.Severity), f.Rule, printable(where), printable(f.What + ". " + f.Do)})
		}
		fmt.Fprintln(a.Out)
		printTable(a.Out, []string{"  SEVERITY", "RULE", "WHERE", "WHAT, AND WHAT TO DO"}, rows)
	}
}

// printRules prints the table of rules.
func (a *App) printRules(asJSON bool) error {
	rules := newsroom.LintRules()
	if asJSON {
		return a.printJSON(rules)
	}
	var rows [][]string
	for _, r := range rules {
		rows = append(rows, []string{r.Name, string(r.Severity), r.About + " (" + r.Source + ")"})
	}
	printTable(a.Out, []string{"RULE", "SEVERITY", "WHAT IT ASKS FOR, AND WHO DOES"}, rows)
	return nil
}
