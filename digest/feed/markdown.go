package feed

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/text/language"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// maxMarkdown is the longest Markdown story, in bytes.
const maxMarkdown = 1 << 20

// ErrDraft says that a Markdown story is marked "draft: true": it is no story yet.
var ErrDraft = errors.New("the story is marked as a draft")

// front is the front matter of a Markdown story. Every field is optional but the
// title.
type front struct {
	Title      string   `yaml:"title"`
	ID         string   `yaml:"id"`
	Link       string   `yaml:"link"`
	URL        string   `yaml:"url"`
	Date       string   `yaml:"date"`
	Updated    string   `yaml:"updated"`
	Section    string   `yaml:"section"`
	Author     oneOrAll `yaml:"author"`
	Authors    oneOrAll `yaml:"authors"`
	Teaser     string   `yaml:"teaser"`
	Summary    string   `yaml:"summary"`
	Image      string   `yaml:"image"`
	Alt        string   `yaml:"alt"`
	Caption    string   `yaml:"caption"`
	Credit     string   `yaml:"credit"`
	Embargo    string   `yaml:"embargo"`
	Sponsor    string   `yaml:"sponsor"`
	RunFrom    string   `yaml:"run_from"`
	RunUntil   string   `yaml:"run_until"`
	Value      int      `yaml:"value"`
	Topics     oneOrAll `yaml:"topics"`
	Language   string   `yaml:"language"`
	Correction string   `yaml:"correction"`
	Evergreen  bool     `yaml:"evergreen"`
	Draft      bool     `yaml:"draft"`
}

// oneOrAll is a list that may be written as a single text.
type oneOrAll []string

// UnmarshalYAML takes both forms.
func (l *oneOrAll) UnmarshalYAML(unmarshal func(any) error) error {
	var many []string
	if err := unmarshal(&many); err == nil {
		*l = many
		return nil
	}
	var one string
	if err := unmarshal(&one); err != nil {
		return err
	}
	*l = oneOrAll{one}
	return nil
}

// ParseMarkdown reads a story that the newsroom wrote: YAML front matter between
// two lines of "---", then Markdown (CommonMark with tables and strikethrough). The
// link and the image may be relative; the caller knows to what. Links in the text
// are kept where they are absolute, or the story's own link is. Dates are RFC 3339
// or a date alone, which means its first midnight in the newsletter's zone (nil: UTC);
// a run_until that is a date alone includes that day.
//
// An error names the file, the line and what would be right. ErrDraft: the story is
// sound, but a draft.
func ParseMarkdown(name string, data []byte, zone *time.Location) (digest.Story, error) {
	if len(data) > maxMarkdown {
		return digest.Story{}, fmt.Errorf("%s: %w: at most %d kB are read", name, ErrTooLarge, maxMarkdown>>10)
	}
	var w warnings
	text := strings.ReplaceAll(decode(data, "", &w), "\r\n", "\n")
	matter, body, err := split(text)
	if err != nil {
		return digest.Story{}, fmt.Errorf("%s:%w", name, err)
	}
	var f front
	if err := yaml.UnmarshalWithOptions([]byte(matter), &f, yaml.Strict()); err != nil {
		return digest.Story{}, yamlError(name, err)
	}
	if zone == nil {
		zone = time.UTC
	}
	s, err := f.story(matter, zone)
	if err != nil {
		return digest.Story{}, fmt.Errorf("%s:%w", name, err)
	}
	html, err := render(body)
	if err != nil {
		return digest.Story{}, fmt.Errorf("%s: %w", name, err)
	}
	base, _ := url.Parse(s.URL)
	clean := prose.Clean(html, base)
	s.HTML = clean.HTML
	if s.Teaser == "" {
		s.Teaser = prose.Teaser("", clean, s.Title)
	}
	if f.Draft {
		return s, fmt.Errorf("%s: %w", name, ErrDraft)
	}
	return s, nil
}

// split takes front matter and body apart. Its error begins with the line.
func split(text string) (matter, body string, err error) {
	const fence = "---"
	lines := strings.SplitAfter(text, "\n")
	if strings.TrimRight(lines[0], " \t\n") != fence {
		return "", "", errors.New("1: the story does not begin with front matter; " +
			"write a line of three dashes, \"title: ...\", and another line of dashes")
	}
	at := len(lines[0])
	for _, line := range lines[1:] {
		if strings.TrimRight(line, " \t\n") == fence {
			// The opening fence becomes an empty line, so that the YAML's lines are
			// the file's.
			return "\n" + text[len(lines[0]):at], text[at+len(line):], nil
		}
		at += len(line)
	}
	return "", "", fmt.Errorf("%d: the front matter has no end; write a line of three dashes after it", len(lines))
}

// yamlError says where the front matter is wrong: file:line:column.
func yamlError(name string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil || at.GetToken().Position == nil {
		return fmt.Errorf("%s: %s", name, strings.TrimSpace(err.Error()))
	}
	pos := at.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", name, pos.Line, pos.Column, at.GetMessage())
}

// story checks the front matter. An error begins with the line of the field.
func (f front) story(matter string, zone *time.Location) (digest.Story, error) {
	s := digest.Story{
		GUID: strings.TrimSpace(f.ID), URL: firstOf(f.Link, f.URL), Title: prose.Squeeze(f.Title),
		Teaser: prose.Squeeze(firstOf(f.Teaser, f.Summary)), Section: prose.Squeeze(f.Section),
		Authors: names(append(f.Author, f.Authors...)), Topics: topics(f.Topics),
		Sponsor: prose.Squeeze(f.Sponsor), Value: f.Value, Correction: prose.Squeeze(f.Correction),
		Evergreen: f.Evergreen,
	}
	bad := func(field, format string, args ...any) (digest.Story, error) {
		return digest.Story{}, fmt.Errorf("%d: %s: %s", lineOf(matter, field), field, fmt.Sprintf(format, args...))
	}
	if s.Title == "" {
		return bad("title", "the story has no title; write \"title: ...\"")
	}
	if f.Value < 0 || f.Value > 100 {
		return bad("value", "%d is not between 0 and 100", f.Value)
	}
	if f.Language != "" {
		tag, err := language.Parse(f.Language)
		if err != nil {
			return bad("language", "%q is not a language; write \"en\" or \"pt-BR\"", f.Language)
		}
		s.Language = tag.String()
	}
	for _, d := range []struct {
		field, text string
		to          *time.Time
	}{{"date", f.Date, &s.Published}, {"updated", f.Updated, &s.Updated}, {"embargo", f.Embargo, &s.Embargo}, {"run_from", f.RunFrom, &s.RunFrom}, {"run_until", f.RunUntil, &s.RunUntil}} {
		if d.text == "" {
			continue
		}
		at, ok := editorsDate(d.text, zone)
		if !ok {
			return bad(d.field, "%q is not a date; write 2026-11-27T09:00:00+01:00 or 2026-11-27", d.text)
		}
		if d.field == "run_until" && len(strings.TrimSpace(d.text)) == len(time.DateOnly) { // the day is the last
			at = at.AddDate(0, 0, 1)
		}
		*d.to = at.UTC()
	}
	if !s.RunUntil.IsZero() && !s.RunUntil.After(s.RunFrom) {
		return bad("run_until", "%s is not after run_from", f.RunUntil)
	}
	for _, l := range []struct{ field, text string }{{"link", f.Link}, {"url", f.URL}, {"image", f.Image}} {
		if u, err := url.Parse(l.text); err != nil || (u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https") {
			return bad(l.field, "%q is not a web address or a path", l.text)
		}
	}
	if f.Image != "" {
		s.Image = &digest.Image{
			URL: f.Image, Alt: prose.Squeeze(f.Alt), Caption: prose.Squeeze(f.Caption), Credit: prose.Squeeze(f.Credit),
		}
	}
	return s, nil
}

// editorsDate reads a date that an editor wrote: one that leaves no doubt. A day is that
// of the zone.
func editorsDate(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04 Z07:00", time.DateOnly,
	} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(text), zone); err == nil && t.Year() >= firstYear && t.Year() <= lastYear {
			return t.In(zone), true
		}
	}
	return time.Time{}, false
}

// lineOf finds a field's line in the file, or the front matter's first.
func lineOf(matter, field string) int {
	for i, line := range strings.Split(matter, "\n") {
		if strings.HasPrefix(line, field+":") {
			return i + 1
		}
	}
	return 1
}

func names(list []string) []string {
	var out []string
	for _, n := range list {
		if n = prose.Squeeze(n); n != "" && !contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Typographer))

// render makes HTML of Markdown. HTML within it is left out by goldmark; the
// sanitiser comes after.
func render(body string) (html string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the Markdown cannot be read: %v", r)
		}
	}()
	var out bytes.Buffer
	if err := markdown.Convert([]byte(body), &out); err != nil {
		return "", fmt.Errorf("the Markdown cannot be read: %w", err)
	}
	return out.String(), nil
}
