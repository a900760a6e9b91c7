package storetest_test

import (
	"errors"
	"os"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// TestEachIsAlone: what one test stores, no other finds, though all are copies of one.
func TestEachIsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		before, s := open(), open()
		if err := s.PutMeta(t.Context(), "k", "v"); err != nil {
			t.Fatal(err)
		}
		for name, other := range map[string]*store.Store{"before": before, "after": open()} {
			if got, err := other.Meta(t.Context(), "k"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("one opened %s has %q, %v", name, got, err)
			}
		}
	})
}
