package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:generate go run ./draw pictures

//go:embed content
var content embed.FS

//go:embed pictures/*.png
var pictures embed.FS

// outlets are where the stories come from: a folder of content each.
var outlets = []string{"news", "weekend", "radio", "stories"}

// host is the site that an outlet's stories link to.
func host(outlet string) string {
	if outlet == "radio" {
		return "https://radio-lighthouse.example"
	}
	return "https://observer.example"
}

// article is a story as it is written in content: what the feeds are made of.
type article struct {
	Title    string   `yaml:"title"`
	Day      int      `yaml:"day"` // of publication: days from the slot's, mostly before it
	At       string   `yaml:"at"`  // "16:20", at the newspaper
	By       []string `yaml:"by"`
	Topics   []string `yaml:"topics"`
	Section  string   `yaml:"section"`
	Teaser   string   `yaml:"teaser"`
	Picture  string   `yaml:"picture"` // name in pictures, without its ending
	Alt      string   `yaml:"alt"`
	Caption  string   `yaml:"caption"`
	Credit   string   `yaml:"credit"`
	Language string   `yaml:"language"`
	Sponsor  string   `yaml:"sponsor"`
	Value    int      `yaml:"value"`
	Embargo  int      `yaml:"embargo"` // days after the slot's, at noon; 0: none

	Slug       string    `yaml:"-"`
	Outlet     string    `yaml:"-"`
	Date       time.Time `yaml:"-"`
	FreeAt     time.Time `yaml:"-"` // end of the embargo; zero: none
	Paragraphs []string  `yaml:"-"`
}

// URL is the story's page. It holds the date, so that next week's demo tells of
// other stories.
func (a article) URL() string {
	return fmt.Sprintf("%s/%s/%s", host(a.Outlet), a.Date.Format("2006/01/02"), a.Slug)
}

// Tag names an Atom entry (RFC 4151).
func (a article) Tag() string {
	return fmt.Sprintf("tag:observer.example,%s:%s/%s", a.Date.Format(time.DateOnly), a.Outlet, a.Slug)
}

// articles reads an outlet's stories, newest first, dated for a slot.
func articles(outlet string, slot time.Time) ([]article, error) {
	files, err := fs.Glob(content, path.Join("content", outlet, "*.md"))
	if err != nil {
		return nil, err
	}
	all := make([]article, 0, len(files))
	for _, file := range files {
		text, err := content.ReadFile(file)
		if err != nil {
			return nil, err
		}
		a, err := parseArticle(string(text), slot)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		a.Outlet, a.Slug = outlet, strings.TrimSuffix(path.Base(file), ".md")
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b article) int { return b.Date.Compare(a.Date) })
	return all, nil
}

func parseArticle(text string, slot time.Time) (article, error) {
	var a article
	matter, body, ok := strings.Cut(text, "\n---\n")
	if !ok {
		return a, fmt.Errorf("no line of dashes after the head")
	}
	if err := yaml.UnmarshalWithOptions([]byte(matter), &a, yaml.Strict()); err != nil {
		return a, err
	}
	clock, err := time.Parse("15:04", a.At)
	if err != nil {
		return a, err
	}
	day := func(n int, hour, minute int) time.Time {
		return time.Date(slot.Year(), slot.Month(), slot.Day()+n, hour, minute, 0, 0, slot.Location())
	}
	a.Date = day(a.Day, clock.Hour(), clock.Minute())
	if a.Embargo > 0 {
		a.FreeAt = day(a.Embargo, 12, 0)
	}
	for p := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		a.Paragraphs = append(a.Paragraphs, strings.Join(strings.Fields(p), " "))
	}
	return a, nil
}
