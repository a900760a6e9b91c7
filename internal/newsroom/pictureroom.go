package newsroom

import (
	"context"
	"strings"

	"golang.org/x/sync/semaphore"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/picture"
)

// What the pictures of an edition may come to, in bytes: readers load them over the
// telephone.
const (
	editionPictures = 1 << 20
	mostPicture     = 120 << 10 // of one, however few there are
)

// pictureShares are what one picture may have, from the most. There are few, so that a
// picture is made once for most editions that show it.
var pictureShares = []int{mostPicture, 100 << 10, 80 << 10, 60 << 10, 50 << 10, 40 << 10, 30 << 10, 20 << 10, 15 << 10, 10 << 10, 5 << 10}

// pictureShare is what each of so many pictures of an edition may have.
func pictureShare(pictures int) int {
	for _, s := range pictureShares {
		if s*pictures <= editionPictures {
			return s
		}
	}
	return pictureShares[len(pictureShares)-1]
}

// picturesOf counts those that an edition will show, of articles too where it has them.
func picturesOf(items []*digest.Item, articles bool) int {
	n := 0
	for _, item := range items {
		if item.Story.Image != nil {
			n++
		}
		if articles {
			n += min(strings.Count(item.Story.HTML, "<img"), articlePictures)
		}
	}
	return n
}

// pixelRoom bounds the memory of pictures that are decoded at once: so many pixels of
// four bytes in all.
type pixelRoom struct {
	free *semaphore.Weighted
	all  int64
}

func newPixelRoom(pixels int64) *pixelRoom {
	return &pixelRoom{semaphore.NewWeighted(pixels), pixels}
}

// with calls do when there is room for so many pixels. What needs more than there is has
// all of it.
func (r *pixelRoom) with(ctx context.Context, pixels int64, do func() error) error {
	pixels = min(pixels, r.all)
	if err := r.free.Acquire(ctx, pixels); err != nil {
		return err
	}
	defer r.free.Release(pixels)
	return do()
}

// fit makes a picture small when there is room for its pixels.
func (r *pixelRoom) fit(ctx context.Context, data []byte, o picture.Options) (p picture.Picture, err error) {
	err = r.with(ctx, int64(picture.Room(data)), func() (err error) {
		p, err = picture.Fit(data, o)
		return err
	})
	return p, err
}
