package newsroom

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/picture"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer/message"
)

// CSS pixels of the pictures within a private mail: the lead's is shown over the whole
// column, as many pixels to an inch as paper has; the others beside their stories.
const (
	insideLead  = 300
	insideOther = 200
)

// leastShare is the room, in bytes, below which a picture is left out rather than shown
// as a blur.
const leastShare = 10_000

// private makes a revision fit for the private variant: its pictures are those that
// travel in the mail, and its subject is neutral where the newsletter asks for that.
func (n *Newsroom) private(ctx context.Context, letter *config.Newsletter, rev digest.Revision) (digest.Revision, []message.Inline, error) {
	rev.Blocks = slices.Clone(rev.Blocks)
	for i := range rev.Blocks {
		rev.Blocks[i].Items = slices.Clone(rev.Blocks[i].Items)
	}
	if letter.Private.Subject != "" {
		rev.Subject = n.neutral(letter, rev.At)
		rev.Preheader = rev.Subject
	}
	inline, err := n.inside(ctx, letter, itemsOf(&rev), rev.Lead != nil)
	return rev, inline, err
}

// neutral is the subject that a newsletter's private mail has; empty: there is none.
func (n *Newsroom) neutral(letter *config.Newsletter, at time.Time) string {
	date := n.Theme(letter).Words(letter.Language).Date(at.In(letter.Location))
	return strings.ReplaceAll(letter.Private.Subject, "{date}", date)
}

// inside takes the pictures of items into the message, within the newsletter's room:
// the first get theirs first, the lead twice as much. It leaves out what does not fit,
// and what is not in our store.
func (n *Newsroom) inside(ctx context.Context, letter *config.Newsletter, items []*digest.Item, lead bool) ([]message.Inline, error) {
	var all []message.Inline
	room := letter.Private.Pictures
	left := 0
	for _, item := range items {
		if item.Story.Image != nil {
			left++
		}
	}
	if lead && len(items) > 0 && items[0].Story.Image != nil {
		left++
	}
	for i, item := range items {
		image := item.Story.Image
		item.Story.Image = nil
		if image == nil {
			continue
		}
		shares, width := 1, insideOther
		if lead && i == 0 {
			shares, width = 2, insideLead
		}
		share := min(room, max(leastShare, room*shares/max(left, 1)))
		left -= shares
		if share < leastShare {
			continue
		}
		p, err := n.insidePicture(ctx, image.URL, picture.Options{Width: width, MaxBytes: share})
		if err != nil {
			return nil, err
		}
		if p.Bytes == nil {
			continue
		}
		sum := sha256.Sum256(p.Bytes)
		part := message.Inline{ID: hex.EncodeToString(sum[:10]) + "@picture", Type: p.Type, Bytes: p.Bytes}
		if !slices.ContainsFunc(all, func(o message.Inline) bool { return o.ID == part.ID }) {
			all = append(all, part)
			room -= len(p.Bytes)
		}
		own := *image
		own.URL, own.Width, own.Height = "cid:"+part.ID, p.Width, p.Height
		item.Story.Image = &own
	}
	return all, nil
}

// insidePictures remembers what was made of pictures: an edition is rendered when it is
// announced, approved and frozen, and each time from the same bytes.
type insidePictures struct {
	mu   sync.Mutex
	made map[string]picture.Picture
}

// mostRemembered bounds it; past that any one makes room.
const mostRemembered = 64

// insidePicture is one of our pictures made small; none where it is not ours, or
// cannot be made small enough.
func (n *Newsroom) insidePicture(ctx context.Context, address string, o picture.Options) (picture.Picture, error) {
	name, ours := strings.CutPrefix(address, n.MediaURL(""))
	if !ours {
		return picture.Picture{}, nil
	}
	c := n.inner
	key := fmt.Sprintf("%s %d %d", name, o.Width, o.MaxBytes)
	c.mu.Lock()
	p, ok := c.made[key]
	c.mu.Unlock()
	if ok {
		return p, nil
	}
	m, err := n.Picture(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return picture.Picture{}, nil
	}
	if err != nil {
		return picture.Picture{}, err
	}
	if p, err = picture.Fit(m.Bytes, o); err != nil {
		p = picture.Picture{} // left out: the mail is whole without it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for other := range c.made {
		if len(c.made) < mostRemembered {
			break
		}
		delete(c.made, other)
	}
	c.made[key] = p
	return p, nil
}

// Page is the HTML as a browser shows it, with the pictures that travel in the message.
func (r Rendering) Page() string {
	page := r.HTML
	for _, p := range r.Inline {
		page = strings.ReplaceAll(page, `"cid:`+p.ID+`"`, `"data:`+p.Type+";base64,"+base64.StdEncoding.EncodeToString(p.Bytes)+`"`)
	}
	return page
}
