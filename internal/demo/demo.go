package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// Newsletter is the name of the demo's one newsletter.
const Newsletter = "weekly"

// Basis is what its readers agreed to.
const Basis = "made up for the demo; nobody lives at these addresses"

// Ports that the demo likes best. Where one is taken, any free one will do; the
// configuration of a new folder names the one that it is.
const (
	sitePort  = "8479" // feeds and pictures
	relayPort = "2525"
)

// Options say where a demo lives and what surrounds it.
type Options struct {
	Dir     string // folder to keep; empty: a temporary one, which Close removes
	Readers int    // how many subscribe, where the folder is new
	Lookup  func(string) (string, bool)
	Clock   func() time.Time // the real one
	Log     *slog.Logger
}

// Demo is a newsroom with a world around it: a newspaper's site and a mail
// server, both on loopback.
type Demo struct {
	Newsroom *newsroom.Newsroom
	Sink     *Sink
	Mailbox  Mailbox
	Dir      string
	Slot     time.Time
	Kept     bool   // the folder stays
	Taken    string // where the folder's configuration has the mail server, if somebody else listens there

	relay   string // host:port of the mail server, as the configuration has it
	options Options
	site    *site
	clock   *clock
}

// Open makes the folder a newsroom, unless it is one already, and starts what
// surrounds it. Close ends it all.
func Open(ctx context.Context, o Options) (d *Demo, err error) {
	d = &Demo{Dir: o.Dir, Kept: o.Dir != "", options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return d, err
	}
	d.Slot = newestSlot(o.Clock(), zone)
	if !d.Kept {
		if d.Dir, err = os.MkdirTemp("", "broadsheet-demo-"); err != nil {
			return d, err
		}
	}
	if d.Dir, err = filepath.Abs(d.Dir); err != nil {
		return d, err
	}
	if err := d.settle(ctx); err != nil {
		return d, err
	}
	d.Mailbox = Mailbox{filepath.Join(d.Dir, "mailbox")}
	if d.Sink, err = openSinkAt(d.relay, d.Mailbox.Dir); err != nil {
		return d, err
	}
	if d.Sink.Address() != d.relay {
		d.Taken = d.relay
	}
	if d.site, err = openSite(sitePort, d.Slot); err != nil {
		return d, err
	}
	d.clock = clockFrom(d.Slot.Add(afterSlot), o.Clock)
	if d.Newsroom, err = newsroom.Open(ctx, d.newsroomOptions(d.clock.now)); err != nil {
		return d, err
	}
	d.Newsroom.ReadThemes()
	return d, nil
}

func openSinkAt(address, mailbox string) (*Sink, error) {
	s, err := OpenSink(SinkOptions{Address: address, Mailbox: mailbox})
	if err != nil {
		return OpenSink(SinkOptions{Mailbox: mailbox})
	}
	return s, nil
}

func (d *Demo) newsroomOptions(clock func() time.Time) newsroom.Options {
	return newsroom.Options{
		Dir: d.Dir, Lookup: d.options.Lookup, Clock: clock, Log: d.options.Log, Who: "demo",
		Config: d.here,
	}
}

// here turns the folder's configuration to what runs in this process: the feeds
// come from the demo's site, the mail goes to its mail server.
func (d *Demo) here(c *config.Config) error {
	if err := d.ours(c); err != nil {
		return err
	}
	letter, _ := c.Newsletter(Newsletter)
	for i := range letter.Sources {
		if path := nameOf(letter.Sources[i].Name); path != "" {
			letter.Sources[i].File, letter.Sources[i].URL, letter.Sources[i].AllowPrivate = "", d.site.base()+path, true
		}
	}
	c.Relays[0].Address = d.Sink.Address()
	return nil
}

// ours refuses a newsroom that the demo did not make.
func (d *Demo) ours(c *config.Config) error {
	if _, ok := c.Newsletter(Newsletter); !ok || c.Site.Hostname() != "news.observer.example" {
		return fmt.Errorf("%s is a newsroom, but not the demo's: give --dir a folder that is empty or not there", d.Dir)
	}
	return nil
}

// Ref is the edition's name.
func (d *Demo) Ref() string {
	return digest.Ref(Newsletter, digest.Slot(d.Slot.Format(digest.SlotLayout))).String()
}

// Close ends everything, and removes a temporary folder.
func (d *Demo) Close() error {
	var all []error
	if d.Newsroom != nil {
		all = append(all, d.Newsroom.Close())
	}
	if d.site != nil {
		ctx, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		all = append(all, d.site.close(ctx))
	}
	if d.Sink != nil {
		all = append(all, d.Sink.Close())
	}
	if !d.Kept && d.Dir != "" {
		all = append(all, os.RemoveAll(d.Dir))
	}
	return errors.Join(all...)
}
