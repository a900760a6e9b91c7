package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
)

// File is one file that an outlet publishes.
type File struct {
	Name  string // "news.xml", "leader-wall.md"
	Type  string // media type
	Bytes []byte
}

// The three feeds, by outlet.
var feedFiles = map[string]struct{ name, mediaType string }{
	"news":    {"news.xml", "application/rss+xml; charset=utf-8"},
	"weekend": {"weekend.xml", "application/atom+xml; charset=utf-8"},
	"radio":   {"radio.json", "application/feed+json; charset=utf-8"},
}

// Feeds writes the three feeds as they stood at a slot. Their pictures are below
// base: "http://127.0.0.1:8479".
func Feeds(slot time.Time, base string) ([]File, error) {
	var files []File
	for _, outlet := range outlets {
		f, ok := feedFiles[outlet]
		if !ok {
			continue
		}
		list, err := articles(outlet, slot)
		if err != nil {
			return nil, err
		}
		list = published(list, slot)
		var text []byte
		if outlet == "radio" {
			text, err = jsonFeed(list)
		} else {
			text, err = xmlFeed(f.name+".tmpl", list, base)
		}
		if err != nil {
			return nil, fmt.Errorf("the feed %s: %w", f.name, err)
		}
		files = append(files, File{Name: f.name, Type: f.mediaType, Bytes: text})
	}
	return files, nil
}

// feedPictures are the pictures that the feeds show.
func feedPictures() ([]File, error) {
	names, err := fs.Glob(pictures, "pictures/*.png")
	if err != nil {
		return nil, err
	}
	var files []File
	for _, name := range names {
		data, err := pictures.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: path.Base(name), Type: "image/png", Bytes: data})
	}
	return files, nil
}

// published leaves out what comes after the slot.
func published(list []article, slot time.Time) []article {
	var out []article
	for _, a := range list {
		if a.Date.Before(slot) {
			out = append(out, a)
		}
	}
	return out
}

func xmlFeed(name string, list []article, base string) ([]byte, error) {
	functions := template.FuncMap{
		"x":       escape,
		"html":    paragraphs,
		"picture": func(a article) string { return base + "/pictures/" + a.Picture + ".png" },
	}
	t, err := template.New(name).Funcs(functions).ParseFS(content, "content/"+name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct{ Articles []article }{list})
	return out.Bytes(), err
}

func escape(text string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(text))
	return b.String(), err
}

// paragraphs is the article's text as HTML.
func paragraphs(a article) (string, error) {
	var b strings.Builder
	for _, p := range a.Paragraphs {
		text, err := escape(p)
		if err != nil {
			return "", err
		}
		b.WriteString("<p>" + text + "</p>\n")
	}
	return b.String(), nil
}

// jsonFeed writes JSON Feed 1.1.
func jsonFeed(list []article) ([]byte, error) {
	type author struct {
		Name string `json:"name"`
	}
	type item struct {
		ID        string   `json:"id"`
		URL       string   `json:"url"`
		Title     string   `json:"title"`
		Summary   string   `json:"summary"`
		HTML      string   `json:"content_html"`
		Published string   `json:"date_published"`
		Authors   []author `json:"authors"`
		Tags      []string `json:"tags"`
		Language  string   `json:"language,omitempty"`
	}
	items := []item{}
	for _, a := range list {
		html, err := paragraphs(a)
		if err != nil {
			return nil, err
		}
		it := item{
			ID: a.URL(), URL: a.URL(), Title: a.Title, Summary: a.Teaser, HTML: html,
			Published: a.Date.Format(time.RFC3339), Tags: a.Topics, Language: a.Language,
		}
		for _, name := range a.By {
			it.Authors = append(it.Authors, author{name})
		}
		items = append(items, it)
	}
	return json.MarshalIndent(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": "Radio Lighthouse", "language": "en",
		"home_page_url": host("radio") + "/", "items": items,
	}, "", "  ")
}

// Stories writes the newsroom's own Markdown stories, dated for a slot, and the
// pictures that lie beside them.
func Stories(slot time.Time) ([]File, error) {
	list, err := articles("stories", slot)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, a := range list {
		head, err := yaml.Marshal(frontOf(a))
		if err != nil {
			return nil, err
		}
		text := "---\n" + string(head) + "---\n\n" + strings.Join(a.Paragraphs, "\n\n") + "\n"
		files = append(files, File{Name: a.Slug + ".md", Type: "text/markdown; charset=utf-8", Bytes: []byte(text)})
		if a.Picture == "" {
			continue
		}
		data, err := pictures.ReadFile("pictures/" + a.Picture + ".png")
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: a.Picture + ".png", Type: "image/png", Bytes: data})
	}
	return files, nil
}

// front is the front matter of a Markdown story, as package digest/feed reads it.
type front struct {
	Title   string   `yaml:"title"`
	ID      string   `yaml:"id"`
	Link    string   `yaml:"link"`
	Date    string   `yaml:"date"`
	Section string   `yaml:"section,omitempty"`
	Authors []string `yaml:"authors"`
	Teaser  string   `yaml:"teaser"`
	Image   string   `yaml:"image,omitempty"`
	Alt     string   `yaml:"alt,omitempty"`
	Caption string   `yaml:"caption,omitempty"`
	Credit  string   `yaml:"credit,omitempty"`
	Sponsor string   `yaml:"sponsor,omitempty"`
	Value   int      `yaml:"value,omitempty"`
	Embargo string   `yaml:"embargo,omitempty"`
}

func frontOf(a article) front {
	f := front{
		Title: a.Title, ID: a.Tag(), Link: a.URL(), Date: a.Date.Format(time.RFC3339), Section: a.Section,
		Authors: a.By, Teaser: a.Teaser, Alt: a.Alt, Caption: a.Caption, Credit: a.Credit,
		Sponsor: a.Sponsor, Value: a.Value,
	}
	if a.Picture != "" {
		f.Image = a.Picture + ".png"
	}
	if !a.FreeAt.IsZero() {
		f.Embargo = a.FreeAt.Format(time.RFC3339)
	}
	return f
}
