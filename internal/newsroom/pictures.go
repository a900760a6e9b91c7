package newsroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/picture"
	"github.com/broadsheet-news/broadsheet/digest/prose"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// homeScheme begins the address of a picture that lies in a source's folder:
// home:SOURCE/harbour.jpg.
const homeScheme = "home:"

const (
	pictureTime    = 20 * time.Second // for all the pictures of an edition
	picturesOfOne  = 2                // source, at once, after its first
	picturesAtOnce = 8                // of all sources: it bounds the memory of their files
)

// ownPictures makes the pictures of a revision ours: read, checked, made small,
// stored, and shown from our own address, so that no mail tells another site who
// reads it. A picture that cannot be had is left out, and it returns which and why. A source
// has few places of all there are, and one alone until a story of it is done: a server that
// hangs keeps its own pictures waiting.
func (n *Newsroom) ownPictures(ctx context.Context, letter *config.Newsletter, rev *digest.Revision) []lostPicture {
	ctx, stop := context.WithTimeout(ctx, pictureTime)
	defer stop()
	items := itemsOf(rev)
	share := pictureShare(picturesOf(items, slices.Contains(mailed(letter), templates.Full)))
	lost := make([]lostPicture, len(items))
	places, ofSource := make(chan struct{}, picturesAtOnce), map[string]*sourcePlaces{}
	var running sync.WaitGroup
	for i, item := range items {
		own := ofSource[item.Story.Source]
		if own == nil {
			own = newSourcePlaces()
			ofSource[item.Story.Source] = own
		}
		running.Go(func() {
			own.enter()
			places <- struct{}{}
			defer func() { <-places; own.leave() }()
			n.ownArticle(ctx, letter, item, share)
			if item.Story.Image == nil {
				return
			}
			own, err := n.ownPicture(ctx, letter, item.Story.Source, *item.Story.Image, share)
			if err != nil {
				lost[i] = lostPicture{item.Story.ID, item.Story.Image.URL, fmt.Sprintf("the picture of %q is left out: %s", item.Story.Title, pictureWords(err))}
				item.Story.Image = nil
				return
			}
			item.Story.Image = &own
		})
	}
	running.Wait()
	return slices.DeleteFunc(lost, func(l lostPicture) bool { return l.why == "" })
}

// pictureWords say why a picture cannot be had, and of a server's answer, where it was
// looked for.
func pictureWords(err error) string {
	var failed *fetch.Error
	switch {
	case errors.As(err, &failed) && failed.Gone():
		return fmt.Sprintf("there is none at %s (%d)", failed.URL, failed.Status)
	case errors.As(err, &failed):
		return fmt.Sprintf("%s, asked for %s", failed.Words, failed.URL)
	}
	return Plain(err)
}

// sourcePlaces are those of one source. All but one are taken until the first has left.
type sourcePlaces struct {
	taken chan struct{}
	first sync.Once
}

func newSourcePlaces() *sourcePlaces {
	s := &sourcePlaces{taken: make(chan struct{}, picturesOfOne)}
	for range picturesOfOne - 1 {
		s.taken <- struct{}{}
	}
	return s
}

func (s *sourcePlaces) enter() { s.taken <- struct{}{} }

func (s *sourcePlaces) leave() {
	<-s.taken
	s.first.Do(func() {
		for range picturesOfOne - 1 {
			<-s.taken
		}
	})
}

// itemsOf points at every printed story of a revision.
func itemsOf(rev *digest.Revision) []*digest.Item {
	var items []*digest.Item
	if rev.Lead != nil {
		lead := *rev.Lead
		rev.Lead = &lead
		items = append(items, rev.Lead)
	}
	for i := range rev.Blocks {
		for j := range rev.Blocks[i].Items {
			items = append(items, &rev.Blocks[i].Items[j])
		}
	}
	return items
}

// kept is what the store remembers of a picture that was made ours.
type kept struct {
	Name          string
	Width, Height int
}

func (n *Newsroom) ownPicture(ctx context.Context, letter *config.Newsletter, source string, image digest.Image, share int) (digest.Image, error) {
	sum := sha256.Sum256([]byte(image.URL))
	memo := "picture/" + hex.EncodeToString(sum[:16])
	if share != mostPicture {
		memo += fmt.Sprintf("/%dkB", share>>10)
	}
	var k kept
	if found, err := n.recall(ctx, memo, &k); err != nil || !found {
		if k, err = n.keepPicture(ctx, letter, source, image.URL, share); err != nil {
			return image, err
		}
		if err := n.remember(ctx, memo, k); err != nil {
			return image, err
		}
	}
	image.URL, image.Width, image.Height = n.MediaURL(k.Name), k.Width, k.Height
	return image, nil
}

func (n *Newsroom) keepPicture(ctx context.Context, letter *config.Newsletter, source, address string, share int) (kept, error) {
	data, err := n.pictureBytes(ctx, letter, source, address)
	if err != nil {
		return kept{}, err
	}
	_, w, h, err := picture.Check(data)
	if err == nil && prose.Tiny(w, h) && !strings.HasPrefix(address, homeScheme) { // an editor may mean it
		return kept{}, fmt.Errorf("it is %s × %s pixels, too small to be one: an icon, or a counter of readers", figures.Of(w), figures.Of(h))
	}
	p, err := n.pixels.fit(ctx, data, picture.Options{Width: templates.Column, MaxBytes: share})
	if err != nil {
		return kept{}, err
	}
	sum := sha256.Sum256(p.Bytes)
	hash := hex.EncodeToString(sum[:])
	err = n.Store.PutMedia(ctx, store.Media{Hash: hash, Type: p.Type, Width: p.Width, Height: p.Height, Bytes: p.Bytes})
	return kept{Name: hash + ending(p.Type), Width: p.Width, Height: p.Height}, err
}

func (n *Newsroom) pictureBytes(ctx context.Context, letter *config.Newsletter, source, address string) ([]byte, error) {
	home, ok := strings.CutPrefix(address, homeScheme)
	if !ok {
		if data, err := besideFeed(letter, source, address); err == nil {
			return data, nil
		}
		r, err := n.client.Get(ctx, fetch.Request{URL: address, Accept: picture.Accept})
		return r.Body, err
	}
	name, file, _ := strings.Cut(home, "/")
	if s, ok := sourceOf(letter, name); ok && s.Folder != "" {
		return readInFolder(s.Folder, file, picture.MaxInput)
	}
	return nil, fmt.Errorf("the source %q is no longer in the configuration", name)
}

// besideFeed reads a picture that lies beside the feed it belongs to, where that is a
// file: https://harbour.example/pictures/quay.png is looked for as pictures/quay.png
// in the feed's folder. So a feed that was copied with its pictures needs no network.
func besideFeed(letter *config.Newsletter, source, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if s, ok := sourceOf(letter, source); ok && s.File != "" {
		return readInFolder(filepath.Dir(s.File), filepath.FromSlash(strings.TrimPrefix(u.Path, "/")), picture.MaxInput)
	}
	return nil, fs.ErrNotExist
}

func ending(mediaType string) string {
	if mediaType == "image/png" {
		return ".png"
	}
	return ".jpg"
}

// Picture is a picture that mails and pages show, by the name in its address.
func (n *Newsroom) Picture(ctx context.Context, name string) (store.Media, error) {
	hash, _, ok := strings.Cut(name, ".")
	if !ok {
		return store.Media{}, store.ErrNotFound
	}
	m, err := n.Store.Media(ctx, hash)
	if err == nil && !strings.HasSuffix(name, ending(m.Type)) {
		err = store.ErrNotFound
	}
	return m, err
}
