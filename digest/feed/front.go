package feed

import (
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// front is the front matter of a Markdown story. Every field is optional but the
// title. Behind the first are what Hugo and Jekyll call the same.
type front struct {
	Title      string   `yaml:"title"`
	ID         string   `yaml:"id"`
	Slug       string   `yaml:"slug"`
	Link       string   `yaml:"link"`
	URL        string   `yaml:"url"`
	Date       string   `yaml:"date"`
	Updated    string   `yaml:"updated"`
	Section    string   `yaml:"section"`
	Author     oneOrAll `yaml:"author"`
	Authors    oneOrAll `yaml:"authors"`
	Teaser     string   `yaml:"teaser"`
	Summary    string   `yaml:"summary"`
	Image      pictured `yaml:"image"`
	Alt        string   `yaml:"alt"`
	Caption    string   `yaml:"caption"`
	Credit     string   `yaml:"credit"`
	Embargo    string   `yaml:"embargo"`
	Sponsor    string   `yaml:"sponsor"`
	RunFrom    string   `yaml:"run_from"`
	RunUntil   string   `yaml:"run_until"`
	Lifetime   string   `yaml:"lifetime"`
	Value      figure   `yaml:"value"`
	Topics     oneOrAll `yaml:"topics"`
	Language   string   `yaml:"language"`
	Correction string   `yaml:"correction"`
	Evergreen  bool     `yaml:"evergreen"`
	Draft      bool     `yaml:"draft"`

	Permalink    string   `yaml:"permalink"`
	Canonical    string   `yaml:"canonicalurl"`
	Canonical2   string   `yaml:"canonical_url"`
	LastMod      string   `yaml:"lastmod"`
	LastModified string   `yaml:"last_modified_at"`
	PublishDate  string   `yaml:"publishdate"`
	ExpiryDate   string   `yaml:"expirydate"`
	Category     oneOrAll `yaml:"category"`
	Categories   oneOrAll `yaml:"categories"`
	Tags         oneOrAll `yaml:"tags"`
	Keywords     oneOrAll `yaml:"keywords"`
	Description  string   `yaml:"description"`
	Excerpt      string   `yaml:"excerpt"`
	Images       oneOrAll `yaml:"images"`
	Cover        pictured `yaml:"cover"`
	Featured     pictured `yaml:"featured_image"`
	Featured2    pictured `yaml:"featuredimage"`
	Lang         string   `yaml:"lang"`
	Published    *bool    `yaml:"published"`
}

// forPages are fields by which Hugo, Jekyll and their themes make pages; they say nothing of
// the story.
var forPages = folded(`layout type weight menu menus aliases toc math katex mathjax comments comment pin sidebar
	redirect_from redirect_to params resources outputs cascade linktitle iscjklanguage markup headless sitemap featured
	series build _build share related classes header footer robots noindex hidden subtitle draft_note render_with_liquid
	excerpt_separator sitemap_exclude showtoc tocopen hidemeta disableshare readingtime permalink_note translationkey`)

// figure is a number as it was written, so that a fraction is not cut off unseen.
type figure string

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

// pictured is a picture that may be written as its path alone.
type pictured struct{ Path, Alt, Caption, Credit string }

// UnmarshalYAML takes both forms.
func (p *pictured) UnmarshalYAML(unmarshal func(any) error) error {
	var fields map[string]any
	if err := unmarshal(&fields); err == nil {
		text := func(names ...string) string {
			for _, name := range names {
				if s, ok := fields[name].(string); ok && s != "" {
					return s
				}
			}
			return ""
		}
		*p = pictured{text("path", "src", "url", "image", "feature"), text("alt"), text("caption"), text("credit")}
		return nil
	}
	*p = pictured{}
	return unmarshal(&p.Path)
}

var (
	jekyllName   = lazyregexp.New(`^(\d{4}-\d{2}-\d{2})-(.+)$`)
	languageName = lazyregexp.New(`^(.+)\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)$`)
)

// fromName takes from a file's name what its front matter leaves out.
func (f *front) fromName(name string) {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	if m := languageName.FindStringSubmatch(base); m != nil {
		if _, err := language.Parse(m[2]); err == nil {
			base = m[1]
			if f.Language == "" && f.Lang == "" {
				f.Lang = m[2]
			}
		}
	}
	if m := jekyllName.FindStringSubmatch(base); m != nil {
		if _, err := time.Parse(time.DateOnly, m[1]); err == nil && f.Date == "" {
			f.Date = m[1]
		}
	}
}

// story checks the front matter. An error begins with the line of the field.
func (f *front) story(m matter, zone *time.Location) (digest.Story, error) {
	if strings.Contains(f.Permalink, "/:") { // Jekyll's pattern, "/:year/:title/"
		f.Permalink = ""
	}
	s := digest.Story{
		GUID: strings.TrimSpace(firstOf(f.ID, f.Slug)), URL: firstOf(f.Link, f.Canonical, f.Canonical2, f.URL, f.Permalink),
		Title: prose.Squeeze(f.Title), Teaser: prose.Squeeze(firstOf(f.Teaser, f.Summary, f.Description, f.Excerpt)),
		Section: prose.Squeeze(f.Section), Authors: names(append(f.Author, f.Authors...)),
		Sponsor: prose.Squeeze(f.Sponsor), Correction: prose.Squeeze(f.Correction), Evergreen: f.Evergreen,
	}
	bad := func(field, format string, args ...any) (digest.Story, error) {
		return digest.Story{}, fmt.Errorf("%d: %s: %s", m.lineOf(field), field, fmt.Sprintf(format, args...))
	}
	filed := append(append(f.Topics, f.Category...), f.Categories...)
	if s.Section == "" && len(filed) > len(f.Topics) { // the first category
		s.Section = prose.Squeeze(filed[len(f.Topics)])
		filed = append(filed[:len(f.Topics):len(f.Topics)], filed[len(f.Topics)+1:]...)
	}
	s.Topics = topics(append(append(filed, f.Tags...), f.Keywords...))
	if s.Title == "" {
		return bad("title", "the story has no title; write \"title: ...\"")
	}
	if f.Value != "" {
		value, err := strconv.Atoi(string(f.Value))
		if err != nil {
			return bad("value", "%q is not a whole number; write one from 0 to 100", f.Value)
		}
		if value < 0 || value > 100 {
			return bad("value", "%d is not between 0 and 100", value)
		}
		s.Value = value
	}
	if name := firstOf(f.Language, f.Lang); name != "" {
		tag, err := language.Parse(name)
		if err != nil {
			return bad("language", "%q is not a language; write \"en\" or \"pt-BR\"", name)
		}
		s.Language = tag.String()
	}
	if f.Lifetime != "" {
		life, ok := lifetime(f.Lifetime)
		if !ok {
			return bad("lifetime", "%q is not how long a story lives; write 12h or 14d", f.Lifetime)
		}
		s.Lifetime = life
	}
	for _, l := range []struct{ field, text string }{{"link", f.Link}, {"url", f.URL}, {"image", f.Image.Path}} {
		if u, err := url.Parse(l.text); err != nil || (u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https") {
			return bad(l.field, "%q is not a web address or a path", l.text)
		}
	}
	f.picture(&s)
	return s, f.dates(&s, zone, func(field, format string, args ...any) error {
		_, err := bad(field, format, args...)
		return err
	})
}

// picture takes the first picture that is named, in whatever field.
func (f *front) picture(s *digest.Story) {
	for _, p := range []pictured{f.Image, f.Cover, f.Featured, f.Featured2, {Path: firstOf(f.Images...)}} {
		if p.Path != "" {
			s.Image = &digest.Image{
				URL: p.Path, Alt: prose.Squeeze(firstOf(f.Alt, p.Alt)), Caption: prose.Squeeze(firstOf(f.Caption, p.Caption)),
				Credit: prose.Squeeze(firstOf(f.Credit, p.Credit)),
			}
			return
		}
	}
}

// dates reads the dates. Hugo's publishDate, before which it makes no page, is an embargo;
// its expiryDate ends the run.
func (f *front) dates(s *digest.Story, zone *time.Location, bad func(field, format string, args ...any) error) error {
	for _, d := range []struct {
		field, text string
		to          *time.Time
		lastDay     bool // a day alone is the last, and included
	}{
		{"date", f.Date, &s.Published, false},
		{"updated", f.Updated, &s.Updated, false},
		{"lastmod", f.LastMod, &s.Updated, false},
		{"last_modified_at", f.LastModified, &s.Updated, false},
		{"embargo", f.Embargo, &s.Embargo, false},
		{"publishdate", f.PublishDate, &s.Embargo, false},
		{"run_from", f.RunFrom, &s.RunFrom, false},
		{"run_until", f.RunUntil, &s.RunUntil, true},
		{"expirydate", f.ExpiryDate, &s.RunUntil, false},
	} {
		if d.text == "" || !d.to.IsZero() {
			continue
		}
		at, ok := editorsDate(d.text, zone)
		if !ok {
			return bad(d.field, "%q is not a date; write 2026-11-27T09:00:00+01:00 or 2026-11-27", d.text)
		}
		if d.lastDay && len(strings.TrimSpace(d.text)) == len(time.DateOnly) {
			at = at.AddDate(0, 0, 1)
		}
		*d.to = at.UTC()
	}
	if !s.RunUntil.IsZero() && !s.RunUntil.After(s.RunFrom) {
		return bad("run_until", "%s is not after run_from", firstOf(f.RunUntil, f.ExpiryDate))
	}
	return nil
}

// editorsDate reads a date that an editor wrote: one that leaves no doubt. A day, and a
// time without a zone, is that of the zone.
func editorsDate(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04 Z07:00", time.DateOnly,
		"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04 -0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
		time.DateTime, "2006-01-02 15:04",
	} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(text), zone); err == nil && t.Year() >= firstYear && t.Year() <= lastYear {
			return t.In(zone), true
		}
	}
	return time.Time{}, false
}

var lifetimeForm = lazyregexp.New(`^(\d{1,4}) ?(h|d|w)$`)

// lifetime reads 12h, 14d or 2w: more than nothing, and a year at most.
func lifetime(text string) (time.Duration, bool) {
	m := lifetimeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	n, _ := strconv.Atoi(m[1])
	d := time.Duration(n) * map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
	return d, d > 0 && d <= 366*24*time.Hour
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
