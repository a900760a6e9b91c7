package feed

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/loose"
	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// ghostPost is a post of Ghost's Content API, /ghost/api/content/posts/?include=authors,tags
// (docs.ghost.org/content-api/posts).
type ghostPost struct {
	ID        loose.Text            `json:"id"` // also the guid of Ghost's RSS
	URL       loose.Plain           `json:"url"`
	Canonical loose.Plain           `json:"canonical_url"`
	Title     loose.Plain           `json:"title"`
	HTML      loose.Plain           `json:"html"`
	Custom    loose.Plain           `json:"custom_excerpt"`
	Excerpt   loose.Plain           `json:"excerpt"` // the first 500 characters where nobody wrote one
	Access    *bool                 `json:"access"`  // false: the text is for members, and is cut
	Published loose.Plain           `json:"published_at"`
	Updated   loose.Plain           `json:"updated_at"`
	Picture   loose.Plain           `json:"feature_image"`
	Alt       loose.Plain           `json:"feature_image_alt"`
	Caption   loose.Plain           `json:"feature_image_caption"` // HTML
	Meta      loose.Plain           `json:"meta_description"`
	OGPicture loose.Plain           `json:"og_image"`
	Authors   loose.List[ghostName] `json:"authors"`
	Tags      loose.List[ghostName] `json:"tags"`
	Primary   ghostName             `json:"primary_tag"`
	Email     bool                  `json:"email_only"`
}

type ghostName struct {
	Name       loose.Plain `json:"name"`
	Visibility loose.Plain `json:"visibility"` // of a tag: "internal" is for the newsroom alone
}

// parseGhost reads the posts of Ghost's Content API.
func parseGhost(text string, o Options, w *warnings) (Feed, error) {
	src := source{base: baseOf(o.URL), w: w}
	f := Feed{Kind: Ghost, Stories: []digest.Story{}}
	d := json.NewDecoder(strings.NewReader(text))
	if _, err := d.Token(); err != nil {
		return Feed{}, fmt.Errorf("%w: it begins like JSON, but is none", ErrNotAFeed)
	}
	whole := false
	for {
		key, err := d.Token()
		if err != nil || key == json.Delim('}') {
			whole = err == nil
			break
		}
		if key != "posts" {
			var skipped json.RawMessage
			if d.Decode(&skipped) != nil {
				break
			}
			continue
		}
		items, _ := readItems(d, text, false, o.MaxItems, w)
		for _, item := range items {
			var p ghostPost
			if !loose.Read(item, &p) || p.URL == "" && p.ID == "" {
				continue
			}
			f.Read++
			if !p.Email {
				f.Stories = append(f.Stories, src.ghostStory(p))
			}
		}
	}
	if !whole {
		w.add("the answer breaks off before its end")
	}
	return f, nil
}

// shown tells of a tag that readers see.
func (n ghostName) shown() bool {
	return n.Visibility != "internal" && !strings.HasPrefix(string(n.Name), "#")
}

// filed are the post's section and topics.
func (p ghostPost) filed() (section string, filed []string) {
	if p.Primary.shown() {
		section = prose.Plain(string(p.Primary.Name))
	}
	for _, tag := range p.Tags {
		switch name := prose.Plain(string(tag.Name)); {
		case !tag.shown():
		case section == "":
			section = name
		case !strings.EqualFold(name, section):
			filed = append(filed, name)
		}
	}
	return section, topics(filed)
}

func (src source) ghostStory(p ghostPost) digest.Story {
	s := digest.Story{
		GUID: strings.TrimSpace(string(p.ID)), URL: src.absolute(firstOf(string(p.URL), string(p.Canonical))),
		Title: prose.Plain(string(p.Title)),
	}
	for _, date := range []struct {
		text loose.Plain
		to   *time.Time
	}{{p.Published, &s.Published}, {p.Updated, &s.Updated}} {
		if at, ok := parseDate(string(date.text), time.UTC); ok {
			*date.to = at
		}
	}
	for _, author := range p.Authors {
		s.Authors = withName(s.Authors, string(author.Name))
	}
	s.Section, s.Topics = p.filed()
	var picture *digest.Image
	if link := firstOf(string(p.Picture), string(p.OGPicture)); link != "" {
		picture = &digest.Image{URL: link, Alt: string(p.Alt)}
		if p.Picture != "" {
			picture.Caption = prose.Words(string(p.Caption))
		}
	}
	text := string(p.HTML)
	if p.Access != nil && !*p.Access { // what is there is an appetiser, and not the article
		src.tell(&s, escape(firstOf(string(p.Custom), string(p.Meta), string(p.Excerpt))), text, picture)
		s.HTML = ""
		return s
	}
	// An excerpt that Ghost made is the text's beginning, headings and all.
	src.tell(&s, escape(firstOf(string(p.Custom), string(p.Meta))), text, picture)
	if s.Teaser == "" {
		s.Teaser = prose.Teaser(escape(string(p.Excerpt)), prose.Text{}, s.Title)
	}
	return s
}
