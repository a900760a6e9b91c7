package house

import (
	"os"
	"testing"
)

// TestMigrations: no two migrations have one number, or no database opens.
func TestMigrations(t *testing.T) {
	files, err := os.ReadDir("../store/migrations")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	has := map[string]string{}
	for _, f := range files {
		number := f.Name()[:5]
		if other := has[number]; other != "" {
			t.Errorf("%s and %s have one number: give the newer one the next", other, f.Name())
		}
		has[number] = f.Name()
	}
}
