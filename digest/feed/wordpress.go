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

// wpPost is a post of WordPress's REST interface, /wp-json/wp/v2/posts?_embed
// (developer.wordpress.org/rest-api/reference/posts).
type wpPost struct {
	GUID     loose.Text `json:"guid"`
	Link     loose.Text `json:"link"`
	Title    loose.Text `json:"title"`
	Content  wpText     `json:"content"`
	Excerpt  wpText     `json:"excerpt"`
	Date     loose.Text `json:"date"` // in the site's zone, which nothing says
	DateGMT  loose.Text `json:"date_gmt"`
	Modified loose.Text `json:"modified_gmt"`
	Status   loose.Text `json:"status"`
	Language loose.Text `json:"lang"` // of Polylang, where it is there
	Embedded struct {
		Authors loose.List[wpNamed]             `json:"author"`
		Media   loose.List[wpMedia]             `json:"wp:featuredmedia"`
		Terms   loose.List[loose.List[wpNamed]] `json:"wp:term"`
	} `json:"_embedded"`
	Picture loose.Text `json:"jetpack_featured_media_url"`
}

type wpText struct {
	Rendered  loose.Plain `json:"rendered"`
	Protected bool        `json:"protected"` // by a password: what is rendered is empty
}

// wpNamed is an author or a term. Where one may not be seen, an object with a code
// stands in its place.
type wpNamed struct {
	Name     loose.Plain `json:"name"`
	Slug     loose.Plain `json:"slug"`
	Taxonomy loose.Plain `json:"taxonomy"`
}

type wpMedia struct {
	URL     loose.Plain `json:"source_url"`
	Type    loose.Plain `json:"mime_type"`
	Alt     loose.Plain `json:"alt_text"`
	Caption loose.Text  `json:"caption"`
	Details struct {
		Width  loose.Number `json:"width"`
		Height loose.Number `json:"height"`
		Meta   struct {
			Credit    loose.Plain `json:"credit"`
			Copyright loose.Plain `json:"copyright"`
		} `json:"image_meta"` // what the picture's file says of itself (EXIF, IPTC)
	} `json:"media_details"`
}

// parseWordPress reads the posts of WordPress's REST interface.
func parseWordPress(text string, o Options, w *warnings) (Feed, error) {
	src := source{base: baseOf(o.URL), w: w}
	f := Feed{Kind: WordPress, Stories: []digest.Story{}}
	d := json.NewDecoder(strings.NewReader(text))
	posts := 0
	items, _ := readItems(d, text, false, o.MaxItems, w)
	for _, item := range items {
		var p wpPost
		if !loose.Read(item, &p) || p.Link == "" && p.GUID == "" {
			continue
		}
		posts++
		if (p.Status == "" || p.Status == "publish") && !p.Content.Protected {
			f.Stories = append(f.Stories, src.wpStory(p))
		}
	}
	if posts == 0 && strings.Join(strings.Fields(text), "") != "[]" {
		return Feed{}, fmt.Errorf("%w: it is a list in JSON, but not one of posts as WordPress gives them", ErrNotAFeed)
	}
	if !strings.HasSuffix(strings.TrimSpace(text), "]") {
		w.add("the answer breaks off before its end")
	}
	f.Read = posts
	return f, nil
}

func (src source) wpStory(p wpPost) digest.Story {
	s := digest.Story{
		GUID: strings.TrimSpace(string(p.GUID)), URL: src.absolute(string(p.Link)), Title: prose.Plain(string(p.Title)),
		Language: languageOf(string(p.Language), nil, "", ""),
	}
	if s.URL == "" {
		s.URL = src.absolute(s.GUID)
	}
	zone := homeZone(s.Language)
	for _, date := range []struct {
		text loose.Text
		zone *time.Location
		to   *time.Time
	}{{p.DateGMT, time.UTC, &s.Published}, {p.Date, zone, &s.Published}, {p.Modified, time.UTC, &s.Updated}} {
		if at, ok := parseDate(string(date.text), date.zone); ok && date.to.IsZero() {
			*date.to = at
		}
	}
	for _, author := range p.Embedded.Authors {
		s.Authors = withName(s.Authors, string(author.Name))
	}
	var filed []string
	for _, list := range p.Embedded.Terms {
		for _, term := range list {
			switch name := prose.Plain(string(term.Name)); {
			case name == "" || term.Slug == "uncategorized" || term.Taxonomy == "post_format":
			case term.Taxonomy == "category" && s.Section == "":
				s.Section = name
			default:
				filed = append(filed, name)
			}
		}
	}
	s.Topics = topics(filed)
	src.tell(&s, string(p.Excerpt.Rendered), string(p.Content.Rendered), p.picture())
	return s
}

// picture is the post's featured picture, with what its file says of who made it.
func (p wpPost) picture() *digest.Image {
	for _, m := range p.Embedded.Media {
		if m.URL != "" && isImage(string(m.Type), "", string(m.URL)) {
			return &digest.Image{
				URL: string(m.URL), Alt: string(m.Alt), Caption: prose.Words(string(m.Caption)),
				Credit: firstOf(string(m.Details.Meta.Credit), string(m.Details.Meta.Copyright)),
				Width:  int(m.Details.Width), Height: int(m.Details.Height),
			}
		}
	}
	if p.Picture != "" {
		return &digest.Image{URL: string(p.Picture)}
	}
	return nil
}
