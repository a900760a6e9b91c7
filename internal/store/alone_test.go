package store_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

// Eight processes that make one schema at once take turns, and all succeed.
func TestMakeSchemaAtOnce(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		at := dsn()
		var inside, most atomic.Int32
		var running sync.WaitGroup
		for range 8 {
			s := storetest.Open(t, at)
			running.Go(func() {
				err := s.Alone(t.Context(), "making", func() error {
					if now := inside.Add(1); now > most.Load() {
						most.Store(now)
					}
					defer inside.Add(-1)
					return s.MakeSchema(t.Context(), "made")
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		if s := storetest.Open(t, at); s.Engine() == "postgres" && most.Load() != 1 {
			t.Errorf("%d worked at once", most.Load())
		}
	})
}

func TestTryHold(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		at := dsn()
		a, b := storetest.Open(t, at), storetest.Open(t, at)
		release, got, err := a.TryHold(t.Context(), "send")
		if err != nil || !got {
			t.Fatalf("the first: %t, %v", got, err)
		}
		if _, got, err = b.TryHold(t.Context(), "send"); err != nil || got != (b.Engine() == "sqlite") {
			t.Errorf("the second: %t, %v", got, err)
		}
		other, got, err := b.TryHold(t.Context(), "serve")
		if err != nil || !got {
			t.Errorf("another word: %t, %v", got, err)
		}
		ok(t, other())
		ok(t, release())
		again, got, err := b.TryHold(t.Context(), "send")
		if err != nil || !got {
			t.Fatalf("after the first: %t, %v", got, err)
		}
		ok(t, again())
	})
}
