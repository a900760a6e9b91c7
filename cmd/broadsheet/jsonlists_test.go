package main

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestEveryJSONIsTried: no script prints null in JSON, see [program]; and each command that
// has --json is called with it by some.
func TestEveryJSONIsTried(t *testing.T) {
	var scripts []byte
	err := filepath.WalkDir(filepath.Join("testdata", "script"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		scripts = append(scripts, text...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &App{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Lookup: func(string) (string, bool) { return "", false }, Clock: time.Now}
	noLists := []string{"broadsheet unlock", "broadsheet lock"} // need a serve; what they print has no list
	for i := range reflect.TypeFor[newsroom.KeyState]().NumField() {
		if f := reflect.TypeFor[newsroom.KeyState]().Field(i); f.Type.Kind() == reflect.Slice {
			t.Errorf("a state of the key has the list %s", f.Name)
		}
	}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Flags().Lookup("json") != nil && !slices.Contains(noLists, c.CommandPath()) && !triedAsJSON(string(scripts), c.CommandPath()) {
			t.Errorf("no script has \"%s ... --json\"", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(a.root())
}

func triedAsJSON(scripts, command string) bool {
	for line := range strings.Lines(scripts) {
		if strings.Contains(line, command+" ") && strings.Contains(line, "--json") {
			return true
		}
	}
	return false
}

// nulls are the values in JSON that are null, by their paths.
func nulls(printed []byte) (found []string) {
	var look func(path string, v any)
	look = func(path string, v any) {
		switch v := v.(type) {
		case nil:
			found = append(found, path)
		case []any:
			for _, one := range v {
				look(path+"[]", one)
			}
		case map[string]any:
			for name, one := range v {
				look(path+"."+name, one)
			}
		}
	}
	for d := json.NewDecoder(bytes.NewReader(printed)); ; {
		var v any
		if d.Decode(&v) != nil {
			return found
		}
		look("", v)
	}
}
