package demo

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

//go:embed broadsheet.yaml.tmpl
var yamlText string

// slotFile remembers which slot the folder's feeds and stories are dated for.
const slotFile = "feeds/slot"

// settle makes the folder a newsroom with its feeds, stories and readers as
// files. What an earlier demo of the same slot wrote is left as it is, for
// somebody may have changed it.
func (d *Demo) settle(ctx context.Context) error {
	if err := d.found(ctx); err != nil {
		return err
	}
	slot := d.Slot.Format(time.RFC3339)
	if last, err := os.ReadFile(filepath.Join(d.Dir, slotFile)); err == nil && string(last) == slot {
		return nil
	}
	feeds, err := Feeds(d.Slot, "http://127.0.0.1:"+sitePort)
	if err != nil {
		return err
	}
	shown, err := feedPictures()
	if err != nil {
		return err
	}
	stories, err := Stories(d.Slot)
	if err != nil {
		return err
	}
	var readers bytes.Buffer
	if err := WriteCSV(&readers, Readers(d.options.Readers)); err != nil {
		return err
	}
	return errors.Join(
		d.write("feeds", feeds), d.write("feeds/pictures", shown), d.write("stories", stories),
		d.write("", []File{{Name: readersFile, Bytes: readers.Bytes()}}),
		d.write("", []File{{Name: slotFile, Bytes: []byte(slot)}}),
	)
}

// found makes the folder a newsroom, or sees that it is one of the demo's.
func (d *Demo) found(ctx context.Context) error {
	_, err := os.Stat(filepath.Join(d.Dir, newsroom.ConfigFile))
	switch {
	case err == nil:
		c, err := newsroom.LoadConfig(newsroom.Options{Dir: d.Dir, Lookup: d.options.Lookup})
		if err != nil {
			return err
		}
		d.relay = relayOf(c)
		return d.ours(c)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := mustBeEmpty(d.Dir); err != nil {
		return err
	}
	l, err := listen(relayPort)
	if err != nil {
		return err
	}
	d.relay = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	text, err := yamlOf(d.relay)
	if err != nil {
		return err
	}
	if err := newsroom.Init(ctx, d.Dir, text); err != nil {
		return err
	}
	_, err = newsroom.NewDKIMKey(d.Dir, newsroom.DKIMOrder{Domain: domain, Selector: selector}, d.options.Clock())
	return err
}

// Who vouches for the demo's mail, and which of its keys this is: broadsheet.yaml has
// the path of the file.
const (
	domain   = "observer.example"
	selector = "demo"
)

// readersFile lies in the folder, as a newspaper's old list would.
const readersFile = "readers.csv"

// OpenReaders opens the list to import.
func (d *Demo) OpenReaders() (*os.File, error) { return os.Open(filepath.Join(d.Dir, readersFile)) }

func (d *Demo) write(sub string, files []File) error {
	dir := filepath.Join(d.Dir, sub)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Bytes, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// relayOf is where a folder's configuration has the demo's mail server; another relay
// may stand there by now.
func relayOf(c *config.Config) string {
	if ap, err := netip.ParseAddrPort(c.Relays[0].Address); err == nil && ap.Addr().IsLoopback() {
		return ap.String()
	}
	return "127.0.0.1:" + relayPort
}

func yamlOf(relay string) ([]byte, error) {
	t, err := template.New("yaml").Parse(yamlText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]string{
		"Relay": relay, "Schedule": schedule, "Timezone": timezone, "Expires": expires,
		"Selector": selector, "Key": newsroom.DKIMFolder + "/" + domain + "." + selector + ".pem",
	})
	return out.Bytes(), err
}

// mustBeEmpty keeps the demo from littering a folder that has something else in it.
func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is not empty, and not a newsroom: give --dir a folder that is empty or not there", dir)
}
