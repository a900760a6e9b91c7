package feed

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxMarkdown is the longest Markdown story, in bytes.
const maxMarkdown = 1 << 20

var (
	// ErrDraft says that a Markdown story is marked "draft: true": it is no story yet.
	ErrDraft = errors.New("the story is marked as a draft")
	// ErrNoStory says that a file beside the stories is none: a README.
	ErrNoStory = errors.New("this is no story")
)

// ParseMarkdown reads a story that the newsroom wrote: front matter, then Markdown
// (CommonMark with tables and strikethrough). Front matter is YAML between two lines of
// "---", TOML between two of "+++", or a JSON object, as Hugo and Jekyll have them too;
// what these call otherwise is known, and what is for their pages alone is left alone. name
// is the file's path in its folder: where the front matter gives none, its date, slug and
// language are taken (2026-11-23-tides.de.md). The link and the image may be relative; the
// caller knows to what. Links in the text are kept where they are absolute, or the
// story's own link is. Dates are RFC 3339, or a day or a time without a zone, which is
// that of the newsletter (nil: UTC); a run_until that is a day alone includes that day.
//
// An error names the file, the line and what would be right. ErrDraft: the story is
// sound, but a draft. ErrNoStory: the file has no front matter, and is called as files
// are that are none.
func ParseMarkdown(name string, data []byte, zone *time.Location) (digest.Story, error) {
	if len(data) > maxMarkdown {
		return digest.Story{}, fmt.Errorf("%s: %w: at most %d kB are read", name, ErrTooLarge, maxMarkdown>>10)
	}
	var w warnings
	text := strings.ReplaceAll(decode(data, "", &w), "\r\n", "\n")
	m, err := split(text)
	if err != nil {
		if noStory[strings.ToLower(path.Base(name))] {
			return digest.Story{}, fmt.Errorf("%s: %w", name, ErrNoStory)
		}
		return digest.Story{}, fmt.Errorf("%s:%w", name, err)
	}
	f, err := m.read()
	if err != nil {
		return digest.Story{}, fmt.Errorf("%s:%w", name, err)
	}
	f.fromName(name)
	if zone == nil {
		zone = time.UTC
	}
	s, err := f.story(m, zone)
	if err != nil {
		return digest.Story{}, fmt.Errorf("%s:%w", name, err)
	}
	rendered, err := render(withoutCodes(m.body))
	if err != nil {
		return digest.Story{}, fmt.Errorf("%s: %w", name, err)
	}
	base, _ := url.Parse(s.URL)
	clean := prose.Clean(rendered, base)
	s.HTML = clean.HTML
	if s.Teaser == "" {
		s.Teaser = prose.Teaser("", clean, s.Title)
	}
	if p := clean.Picture; s.Image == nil && p != nil && strings.Contains(p.URL, "://") {
		s.Image = &digest.Image{URL: p.URL, Alt: p.Alt, Caption: p.Caption, Width: p.Width, Height: p.Height}
	}
	if f.Draft || f.Published != nil && !*f.Published {
		return s, fmt.Errorf("%s: %w", name, ErrDraft)
	}
	return s, nil
}

// noStory are files that lie beside stories and are none.
var noStory = map[string]bool{
	"readme.md": true, "license.md": true, "contributing.md": true, "changelog.md": true, "_index.md": true,
}

// codes are Hugo's shortcodes and Jekyll's tags: they stand for what only their sites
// can make.
var codes = lazyregexp.New(`(?s)\{\{[<%].{0,900}?[>%]\}\}|\{%.{0,900}?%\}`)

// withoutCodes leaves them out, but for those in code.
func withoutCodes(body string) string {
	if strings.Contains(body, "```") || strings.Contains(body, "~~~") {
		return body
	}
	return codes.ReplaceAllString(body, "")
}

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Typographer),
	goldmark.WithRendererOptions(html.WithUnsafe()),
)

// render makes HTML of Markdown, which may have HTML within it. The sanitiser comes after.
func render(body string) (rendered string, err error) {
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
