package newsroom

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/templates"
)

// articlePictures is how many pictures of an article are copied: a mail is no gallery.
const articlePictures = 3

// ownArticle makes the first pictures of an article ours, where its newsletter has a
// full text to show them in. The others stay, and are shown by no mail. One that cannot
// be had is no loss to the story, and is not said.
func (n *Newsroom) ownArticle(ctx context.Context, letter *config.Newsletter, item *digest.Item, share int) {
	if !slices.Contains(mailed(letter), templates.Full) || !strings.Contains(item.Story.HTML, "<img") {
		return
	}
	var b strings.Builder
	copied := 0
	for z := html.NewTokenizer(strings.NewReader(item.Story.HTML)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			item.Story.HTML = b.String()
			return
		}
		raw := string(z.Raw())
		if tok := z.Token(); tok.DataAtom == atom.Img && kind != html.EndTagToken && copied < articlePictures {
			if own, ok := n.ownTag(ctx, letter, item.Story.Source, tok, share); ok {
				raw = own
				copied++
			}
		}
		b.WriteString(raw)
	}
}

// ownTag is the element of a picture that was made ours.
func (n *Newsroom) ownTag(ctx context.Context, letter *config.Newsletter, source string, tok html.Token, share int) (string, bool) {
	image := digest.Image{}
	for _, a := range tok.Attr {
		switch a.Key {
		case "src":
			image.URL = a.Val
		case "alt":
			image.Alt = a.Val
		}
	}
	if image.URL == "" || strings.HasPrefix(image.URL, n.MediaURL("")) {
		return "", false
	}
	own, err := n.ownPicture(ctx, letter, source, image, share)
	if err != nil {
		return "", false
	}
	return html.Token{Type: html.StartTagToken, DataAtom: atom.Img, Data: "img", Attr: []html.Attribute{
		{Key: "src", Val: own.URL},
		{Key: "alt", Val: own.Alt},
		{Key: "width", Val: strconv.Itoa(own.Width)},
		{Key: "height", Val: strconv.Itoa(own.Height)},
	}}.String(), true
}

// shortened says which articles the full text has not room for.
func (n *Newsroom) shortened(ctx context.Context, letter *config.Newsletter, rev digest.Revision) []string {
	if !slices.Contains(mailed(letter), templates.Full) {
		return nil
	}
	r, err := n.render(ctx, letter, rev, templates.Full, false)
	if err != nil {
		return nil // whoever renders it next is told
	}
	var said []string
	for _, title := range r.Shortened {
		said = append(said, fmt.Sprintf("in the full text the article %q is cut: Gmail shows 102 kB of a mail", title))
	}
	return said
}
