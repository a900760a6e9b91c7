package store_test

import (
	"os"
	"testing"
)

// TestMigrationNumbers: two migrations of one number, which merge without a conflict,
// open no database any more.
func TestMigrationNumbers(t *testing.T) {
	files, err := os.ReadDir("migrations")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	seen := map[string]string{}
	for _, f := range files {
		number := f.Name()[:5]
		if other := seen[number]; other != "" {
			t.Errorf("%s and %s have one number: give the newer the next that is free", other, f.Name())
		}
		seen[number] = f.Name()
	}
}
