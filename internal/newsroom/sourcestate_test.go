package newsroom

import (
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/config"
)

// TestMovedNewsroom: a newsroom that stands in another folder now, as a copy of it does,
// has the sources that it had; what lies outside of it is another when its path is.
func TestMovedNewsroom(t *testing.T) {
	at := func(dir string, s config.Source) string {
		n := &Newsroom{Config: &config.Config{Dir: dir}}
		return n.askedOf(s)
	}
	for _, c := range []struct {
		name   string
		before config.Source
		after  config.Source
		same   bool
	}{
		{"folder", config.Source{Folder: "/srv/old/stories"}, config.Source{Folder: "/home/new/stories"}, true},
		{"file", config.Source{File: "/srv/old/feed.xml"}, config.Source{File: "/home/new/feed.xml"}, true},
		{"another folder", config.Source{Folder: "/srv/old/stories"}, config.Source{Folder: "/home/new/drafts"}, false},
		{"outside", config.Source{Folder: "/mnt/cms"}, config.Source{Folder: "/mnt/cms"}, true},
		{"outside and moved", config.Source{Folder: "/srv/cms"}, config.Source{Folder: "/home/cms"}, false},
		{"address", config.Source{URL: "https://a.example/feed"}, config.Source{URL: "https://a.example/feed"}, true},
		{"another address", config.Source{URL: "https://a.example/feed"}, config.Source{URL: "https://b.example/feed"}, false},
	} {
		if same := at("/srv/old", c.before) == at("/home/new", c.after); same != c.same {
			t.Errorf("%s: the same: %v", c.name, same)
		}
	}
}
