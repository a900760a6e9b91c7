package benchpick

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// labelled is a story of which it is known which event it tells.
type labelled struct {
	id, publisher, category, url, title string
	published                           time.Time
	event                               string
}

// pool is a week, or a part of one, within which is grouped and picked.
type pool struct {
	name    string
	stories []labelled
}

// file is one of the data's files.
type file struct {
	name  string
	pools []pool
}

// readClusters reads the data. Where there is none, a run that is to write the page
// fails, and one that came along with other benchmarks leaves it out.
func readClusters(b *testing.B) []file {
	b.Helper()
	names, err := filepath.Glob(filepath.Join(*clusters, "*.tsv"))
	if err != nil {
		b.Fatal(err)
	}
	if len(names) == 0 && *write != "" {
		b.Fatalf("no labelled news in %s: name their folder with -clusters", *clusters)
	}
	if len(names) == 0 {
		b.Skipf("no labelled news in %s", *clusters)
	}
	files := make([]file, len(names))
	for i, name := range names {
		files[i], err = readFile(name)
		if err != nil {
			b.Fatal(err)
		}
	}
	return files
}

func readFile(name string) (file, error) {
	f, err := os.Open(name)
	if err != nil {
		return file{}, err
	}
	defer f.Close()
	made := file{name: strings.TrimSuffix(filepath.Base(name), ".tsv")}
	number := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Scan() // the heading
	for n := 2; lines.Scan(); n++ {
		column := strings.Split(lines.Text(), "\t")
		if len(column) != 9 {
			return file{}, fmt.Errorf("%s:%d: %d columns, not 9", name, n, len(column))
		}
		published, err := time.Parse(time.RFC3339, column[2])
		if err != nil {
			return file{}, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if _, known := number[column[0]]; !known {
			number[column[0]] = len(made.pools)
			made.pools = append(made.pools, pool{name: column[0]})
		}
		p := &made.pools[number[column[0]]]
		p.stories = append(p.stories, labelled{
			id: column[1], published: published, publisher: column[3], category: column[4], url: column[6], title: column[7], event: column[8],
		})
	}
	return made, lines.Err()
}
