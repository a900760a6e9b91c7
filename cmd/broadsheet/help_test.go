package main

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelp holds every command to a help with examples, and the examples to the
// command: they name flags and arguments that it takes.
func TestHelp(t *testing.T) {
	root := func() *cobra.Command {
		a := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Lookup: os.LookupEnv, Clock: time.Now}
		return a.root()
	}
	seen := 0
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			each(sub)
		}
		if !c.HasParent() {
			return
		}
		seen++
		path := c.CommandPath()
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: its line in the list is %q", path, c.Short)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if strings.Contains(f.Usage, "`") { // the help shows it as it stands
				t.Errorf("%s --%s: %q holds a backtick", path, f.Name, f.Usage)
			}
		})
		if c.Example == "" {
			t.Errorf("%s has no example", path)
		}
		for example := range strings.Lines(c.Example) {
			// A new tree for each: parsing leaves its marks in the flags.
			if err := tryExample(root(), path, strings.TrimSpace(example)); err != nil {
				t.Errorf("%s: %q: %v", path, strings.TrimSpace(example), err)
			}
		}
	}
	each(root())
	if seen < 25 {
		t.Errorf("only %d commands were seen", seen)
	}
}

// TestHelpFitsTheTerminal shows every command's help at terminals of several widths: no
// line is wider, no word is broken or lost, and what is shown to be typed can be typed.
func TestHelpFitsTheTerminal(t *testing.T) {
	for _, width := range []int{36, 40, 60, 80, 200} {
		var each func(c *cobra.Command)
		each = func(c *cobra.Command) {
			for _, sub := range c.Commands() {
				each(sub)
			}
			text := helpOf(c, width, func(s string) string { return s })
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				whole := len(shellPieces(strings.TrimSuffix(line, ` \`))) == 1 // an argument is not broken
				if n := runewidth.StringWidth(line); n > min(width, helpMost) && !whole {
					t.Errorf("%s at %d columns: %d in %q", c.CommandPath(), width, n, line)
				}
			}
			onOneLine := strings.Join(strings.Fields(strings.ReplaceAll(text, "\\\n", "")), " ")
			want := append([]string{cmp.Or(c.Long, c.Short)}, usages(c)...)
			if synopsis, _, _ := strings.Cut(text, "EXAMPLES"); strings.Contains(synopsis, "\\") {
				t.Errorf("%s at %d columns: its usage is broken as a line to type is:\n%s", c.CommandPath(), width, synopsis)
			}
			for line := range strings.Lines(c.Example) {
				want = append(want, line)
			}
			for _, sub := range c.Commands() {
				if sub.IsAvailableCommand() {
					want = append(want, sub.Use+" "+sub.Short)
				}
			}
			c.LocalFlags().VisitAll(func(f *pflag.Flag) { want = append(want, "--"+f.Name, f.Usage[1:]) })
			for _, w := range want {
				if w = strings.Join(strings.Fields(w), " "); !strings.Contains(onOneLine, w) {
					t.Errorf("%s at %d columns lacks %q:\n%s", c.CommandPath(), width, w, text)
				}
			}
		}
		a := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Lookup: os.LookupEnv, Clock: time.Now}
		each(a.root())
	}
}

// TestExamplesAreBroken breaks lines of a shell where a person would.
func TestExamplesAreBroken(t *testing.T) {
	const line = `broadsheet subscribers import readers.csv --basis "signed up on our site" --yes`
	for width, want := range map[int]string{
		90: "  " + line + "\n",
		70: "  broadsheet subscribers import readers.csv \\\n    --basis \"signed up on our site\" --yes\n",
		40: "  broadsheet subscribers import \\\n    readers.csv \\\n    --basis \"signed up on our site\" \\\n    --yes\n",
	} {
		if got := typed(line, width); got != want {
			t.Errorf("at %d columns:\n%swant:\n%s", width, got, want)
		}
	}
}

// TestReadmeHasTheCommands holds the README's table to the commands that there are.
func TestReadmeHasTheCommands(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "\n## Commands\n")
	table, _, _ = strings.Cut(table, "\n\nEach has ")
	named := map[string]bool{} // by the row's first command of several words, too: "subscribers import", "add"
	for row := range strings.Lines(table) {
		parent := ""
		for _, one := range regexp.MustCompile("`([a-z ]+?)(?: [A-Z][A-Z|.]*)*`").FindAllStringSubmatch(row, -1) {
			named[one[1]] = true
			named[parent+" "+one[1]] = parent != ""
			if parent == "" {
				parent, _, _ = strings.Cut(one[1], " ")
			}
		}
	}
	a := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Lookup: os.LookupEnv, Clock: time.Now}
	var each func(c *cobra.Command)
	each = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			each(sub)
		}
		path := strings.TrimPrefix(c.CommandPath(), "broadsheet ")
		if c.HasParent() && c.Runnable() && !c.Hidden && !named[path] && !grouped(c) {
			t.Errorf("the README's table lacks %q", path)
		}
	}
	each(a.root())
}

// TestDocsCallCommandsThatThereAre parses every command line that the papers show.
func TestDocsCallCommandsThatThereAre(t *testing.T) {
	papers, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil || len(papers) == 0 {
		t.Fatal(papers, err)
	}
	shown := regexp.MustCompile("(?m)^(?:[^#|\n]*[|] )?(broadsheet (?:[^#`\n]|`[^`]*`)*)|`(broadsheet [^`]*)`")
	seen := 0
	for _, paper := range append(papers, filepath.Join("..", "..", "README.md"), filepath.Join("..", "..", "ARCHITECTURE.md")) {
		text, err := os.ReadFile(paper)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range shown.FindAllStringSubmatch(string(text), -1) {
			line := strings.TrimSpace(strings.Join(strings.Fields(one[1]+one[2]), " "))
			a := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Lookup: os.LookupEnv, Clock: time.Now}
			if err := tryExample(a.root(), "broadsheet", line); err != nil {
				t.Errorf("%s: %q: %v", filepath.Base(paper), line, err)
			}
			seen++
		}
	}
	if seen < 60 {
		t.Errorf("only %d were found", seen)
	}
}

// grouped tells whether a command only holds others, or does what its "list" does.
func grouped(c *cobra.Command) bool {
	return holdsOnly(c) || slices.ContainsFunc(c.Commands(), func(sub *cobra.Command) bool { return sub.Name() == "list" })
}

// tryExample parses the part of a shell line that is ours.
func tryExample(root *cobra.Command, path, line string) error {
	_, ours, _ := strings.Cut("|"+line, "broadsheet ")
	ours, _, _ = strings.Cut(ours, " > ")
	c, rest, err := root.Find(shellWords(ours))
	if err != nil {
		return err
	}
	if c.CommandPath() != path && !strings.HasPrefix(c.CommandPath(), path+" ") {
		return usageError{io.ErrUnexpectedEOF}
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	return c.ValidateArgs(c.Flags().Args())
}

// shellWords splits at blanks outside quotes of either kind.
func shellWords(s string) []string {
	var words []string
	var mark rune
	in := false
	for _, c := range s {
		switch {
		case mark != 0 && c == mark:
			mark = 0
		case mark == 0 && (c == '"' || c == '\''):
			mark = c
			if !in {
				words, in = append(words, ""), true
			}
		case mark == 0 && c == ' ':
			in = false
		default:
			if !in {
				words, in = append(words, ""), true
			}
			words[len(words)-1] += string(c)
		}
	}
	return words
}
