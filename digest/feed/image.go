package feed

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/prose"
)

// picture finds an item's lead picture. Media RSS knows most of it (size, credit,
// caption), so it is asked first; then what is attached, then what the item names,
// and last the first picture of the text.
func (src source) picture(r raw, inText *prose.Picture) *digest.Image {
	for _, find := range []func(raw) *digest.Image{mediaPicture, attachedPicture, namedPicture, thumbnail} {
		p := find(r)
		if p != nil {
			describe(p, r.Extensions["media"])
		}
		if p = src.usable(p); p != nil {
			if p.Alt == "" && inText != nil && inText.URL == p.URL {
				p.Alt = inText.Alt
			}
			return p
		}
	}
	if inText == nil {
		return src.usable(bareMedia(r))
	}
	return src.usable(&digest.Image{
		URL: inText.URL, Alt: inText.Alt, Caption: inText.Caption, Width: inText.Width, Height: inText.Height,
	})
}

// usable completes a picture, or refuses it: not on the web, or too small to be one.
func (src source) usable(p *digest.Image) *digest.Image {
	if p == nil {
		return nil
	}
	p.URL = src.absolute(p.URL)
	if p.URL == "" || prose.Tiny(p.Width, p.Height) || prose.IsTracker(p.URL) {
		return nil
	}
	p.Alt, p.Caption, p.Credit = prose.Plain(p.Alt), prose.Plain(p.Caption), prose.Plain(p.Credit)
	return p
}

// mediaPicture takes the widest picture of Media RSS, from the item itself or its
// groups.
func mediaPicture(r raw) *digest.Image {
	media := r.Extensions["media"]
	best := widest(media["content"], nil)
	for _, group := range media["group"] {
		if p := widest(group.Children["content"], group.Children); best == nil || (p != nil && p.Width > best.Width) {
			best = p
		}
	}
	return best
}

// widest chooses among media:content elements. around are the elements beside them,
// whose description is theirs too.
func widest(contents []gofeedExtension, around map[string][]gofeedExtension) *digest.Image {
	var best *digest.Image
	for _, c := range contents {
		if !isImage(c.Attrs["type"], c.Attrs["medium"], c.Attrs["url"]) || mediaImage(c).URL == "" {
			// A film's picture is its thumbnail, as is that of a picture without an address.
			if nested := c.Children["thumbnail"]; len(nested) > 0 && best == nil {
				best = mediaImage(nested[0])
			}
			continue
		}
		if p := mediaImage(c); best == nil || p.Width > best.Width {
			best = p
			describe(best, c.Children)
		}
	}
	if best != nil {
		describe(best, around)
	}
	return best
}

func mediaImage(e gofeedExtension) *digest.Image {
	address := e.Attrs["url"]
	if text := strings.TrimSpace(e.Value); address == "" && strings.HasPrefix(text, "http") {
		address = text // QUIRK: <media:thumbnail>https://...</media:thumbnail>
	}
	return &digest.Image{URL: address, Width: prose.Pixels(e.Attrs["width"]), Height: prose.Pixels(e.Attrs["height"])}
}

// describe fills in what media elements say of a picture and is not known yet.
func describe(p *digest.Image, media map[string][]gofeedExtension) {
	value := func(local string) string {
		for _, e := range media[local] {
			if v := strings.TrimSpace(e.Value); v != "" {
				return v
			}
		}
		return ""
	}
	p.Credit = firstOf(p.Credit, value("credit"), value("copyright"))
	p.Caption = firstOf(p.Caption, value("description"), value("text"))
	p.Alt = firstOf(p.Alt, value("title"))
}

// attachedPicture takes an enclosure, or an Atom link of that kind.
func attachedPicture(r raw) *digest.Image {
	for _, e := range r.Enclosures {
		if isImage(e.Type, "", e.URL) {
			return &digest.Image{URL: e.URL}
		}
	}
	if r.atom != nil {
		for _, l := range r.atom.Links {
			if l.Rel == "enclosure" && isImage(l.Type, "", l.Href) {
				return &digest.Image{URL: l.Href}
			}
		}
	}
	// QUIRK: RSS's in Atom, and Atom's in RSS.
	for _, e := range slices.Concat(r.Extensions["given"]["enclosure"], r.Extensions["given"]["link"], r.Extensions["atom"]["link"]) {
		link := firstOf(e.Attrs["url"], e.Attrs["href"])
		if (e.Name == "enclosure" || e.Attrs["rel"] == "enclosure") && isImage(e.Attrs["type"], "", link) {
			return &digest.Image{URL: link}
		}
	}
	return nil
}

// namedPicture takes what an item calls its picture, in a field of its own.
func namedPicture(r raw) *digest.Image {
	if r.json != nil {
		if link := firstOf(r.json.Image, r.json.BannerImage); link != "" {
			return &digest.Image{URL: link}
		}
	}
	if r.ITunesExt != nil && r.ITunesExt.Image != "" {
		return &digest.Image{URL: r.ITunesExt.Image}
	}
	if link := firstOf(ext(r, "itunes", "image"), extAttr(r, "googleplay", "image", "href")); link != "" { // QUIRK: as a text
		return &digest.Image{URL: link}
	}
	// QUIRK: plain elements of no standard, as newspapers' systems write them.
	for _, field := range []string{"bigimage", "image", "fullimage", "featured_image", "imageurl", "image_url", "photo", "picture", "img", "thumbnail", "smallimage"} {
		if value := strings.TrimSpace(r.Custom[field]); value != "" {
			if link := firstLink(value); link != "" {
				return &digest.Image{URL: link}
			}
		}
	}
	return nil
}

// firstLink finds the address in a field that is one, or holds <url>one</url>.
func firstLink(value string) string {
	if _, inner, ok := strings.Cut(value, "<url>"); ok {
		value, _, _ = strings.Cut(inner, "</url>")
	}
	value = strings.TrimSpace(value)
	if strings.ContainsAny(value, " <>\n") {
		return ""
	}
	return value
}

// thumbnail takes Media RSS's thumbnail: small, but better than none.
func thumbnail(r raw) *digest.Image {
	var best *digest.Image
	list := r.Extensions["media"]["thumbnail"]
	for _, group := range r.Extensions["media"]["group"] {
		list = append(list[:len(list):len(list)], group.Children["thumbnail"]...)
	}
	for _, t := range list {
		if p := mediaImage(t); p.URL != "" && (best == nil || p.Width > best.Width) {
			best = p
		}
	}
	return best
}

// bareMedia takes a media:content that says nothing of its type, neither by the end of its
// address: newspapers' picture servers have such.
func bareMedia(r raw) *digest.Image {
	for _, c := range r.Extensions["media"]["content"] {
		u, err := url.Parse(c.Attrs["url"])
		if err != nil || c.Attrs["type"] != "" || c.Attrs["medium"] != "" || c.Attrs["duration"] != "" || path.Ext(u.Path) != "" {
			continue
		}
		p := mediaImage(c)
		describe(p, c.Children)
		describe(p, r.Extensions["media"])
		return p
	}
	return nil
}

func isImage(mediaType, medium, link string) bool {
	if medium != "" {
		return strings.EqualFold(medium, "image")
	}
	mediaType = strings.ToLower(mediaType)
	if mediaType != "" && !strings.HasSuffix(mediaType, "/octet-stream") { // which says nothing
		return strings.HasPrefix(mediaType, "image/") || mediaType == "image"
	}
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif":
		return true
	}
	return false
}
