package newsroom

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/broadsheet-news/broadsheet/digest"
)

func TestPictureShare(t *testing.T) {
	for pictures, want := range map[int]int{0: 120 << 10, 1: 120 << 10, 8: 120 << 10, 9: 100 << 10, 26: 30 << 10, 100: 10 << 10, 5000: 5 << 10} {
		if got := pictureShare(pictures); got != want {
			t.Errorf("%d: %d kB, want %d", pictures, got>>10, want>>10)
		}
	}
	for n := 1; n < 200; n++ {
		if pictureShare(n)*n > editionPictures {
			t.Errorf("%d pictures come to %d bytes", n, pictureShare(n)*n)
		}
	}
	items := []*digest.Item{
		{Story: digest.Story{Image: &digest.Image{}, HTML: "<img><img><img><img><img>"}}, {Story: digest.Story{HTML: "<p>"}}, {Story: digest.Story{Image: &digest.Image{}}},
	}
	if d, a := picturesOf(items, false), picturesOf(items, true); d != 2 || a != 5 {
		t.Errorf("%d, with articles %d", d, a)
	}
}

// TestPixelRoom counts the pixels that are decoded at once.
func TestPixelRoom(t *testing.T) {
	r := newPixelRoom(25)
	var now, most, done atomic.Int64
	var running sync.WaitGroup
	for i := range 200 {
		running.Go(func() {
			pixels := int64(1 + i%40) // some need more than there is
			if err := r.with(t.Context(), pixels, func() error {
				sum := now.Add(min(pixels, 25))
				for old := most.Load(); sum > old && !most.CompareAndSwap(old, sum); old = most.Load() {
				}
				for range 50 { // the others have their chance
					runtime.Gosched()
				}
				now.Add(-min(pixels, 25))
				done.Add(1)
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if most.Load() > 25 || done.Load() != 200 {
		t.Errorf("%d pixels at once, %d pictures", most.Load(), done.Load())
	}
	// Who waits no longer gets nothing, and takes nothing.
	ctx, stop := context.WithCancel(t.Context())
	hold, held := make(chan bool), make(chan bool)
	running.Go(func() { _ = r.with(t.Context(), 25, func() error { close(held); <-hold; return nil }) })
	<-held
	stop()
	if err := r.with(ctx, 1, func() error { return nil }); err == nil {
		t.Error("there was room")
	}
	close(hold)
	running.Wait()
	if err := r.with(t.Context(), 25, func() error { return nil }); err != nil {
		t.Error(err)
	}
}
