package newsroom

import "testing"

// TestServerHere tells databases of a server on this machine, where the key may lie on
// the same disk, from others.
func TestServerHere(t *testing.T) {
	for database, here := range map[string]bool{
		"/srv/observer/broadsheet.db":                false,
		"postgres://broadsheet@localhost/broadsheet": true,
		"postgres://broadsheet@127.0.0.1:5433/news":  true,
		"postgresql://broadsheet@[::1]/news":         true,
		"postgres:///news":                           true,
		"postgres:///news?host=/var/run/postgresql":  true,
		"postgres://broadsheet@db.example/news":      false,
		"postgres://broadsheet@10.0.0.5/news":        false,
	} {
		if got := serverHere(database); got != here {
			t.Errorf("%s: %v", database, got)
		}
	}
}
