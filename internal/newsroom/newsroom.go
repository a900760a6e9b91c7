package newsroom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/broadsheet-news/broadsheet/digest/picture"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// ConfigFile is the name of a newsroom's configuration in its folder.
const ConfigFile = config.FileName

// Options are what a newsroom needs from the world around it.
type Options struct {
	Dir    string                      // the newsroom's folder
	Lookup func(string) (string, bool) // the environment
	Clock  func() time.Time            // now
	Log    *slog.Logger                // never sees an address
	Who    string                      // who asks, for the editions' log: "operator", "schedule"
	Config func(*config.Config) error  // last changes to the configuration; nil: none

	Version string // of the program, for the servers of sources; empty: not told

	LookupTXT LookupTXT // the DNS, for a check; nil: it is not asked

	Master func() (string, error) // the master key's text, in place of where the configuration says it is; nil: from there
	Stderr io.Writer              // for what the key's command says to people; nil: nobody hears it
}

// Newsroom is an open newsroom. It is safe for concurrent use.
type Newsroom struct {
	Config *config.Config
	Store  *store.Store
	Keys   *subscribers.Keyring
	Log    *slog.Logger
	Clock  func() time.Time
	Who    string

	options Options // that it was opened with
	client  *fetch.Client
	themes  map[string]func() themed // by newsletter
	signing map[string]signing       // by newsletter
	traffic *mailer.Traffic          // of all mailings that this process sends
	inner   *insidePictures
	holder  *keyHolder
	bulk    *sync.Mutex   // held by who parses a large feed
	parsing chan struct{} // holds one of each who parses a feed
	pixels  *pixelRoom    // of pictures that are decoded
}

// Open reads the configuration, opens the store (and brings its schema up to
// date), and checks that the master key is the one that sealed the list.
func Open(ctx context.Context, o Options) (*Newsroom, error) {
	conf, err := LoadConfig(o)
	if err != nil {
		return nil, err
	}
	n := &Newsroom{
		options: o, Config: conf, Log: o.Log, Clock: o.Clock, Who: o.Who, client: newClient(conf, o), signing: loadSigning(conf),
		traffic: mailer.NewTraffic(), inner: &insidePictures{made: map[string]picture.Picture{}},
		holder: &keyHolder{asker: subscribers.NewID().String()}, bulk: &sync.Mutex{},
		parsing: make(chan struct{}, runtime.GOMAXPROCS(0)), pixels: newPixelRoom(picture.MaxPixels),
	}
	n.loadThemes()
	if n.Store, err = store.Open(ctx, conf.Database); err != nil {
		return nil, err
	}
	if err = n.openKeys(ctx); err != nil {
		return nil, errors.Join(err, n.Store.Close())
	}
	return n, nil
}

// Reread is the same newsroom, over the same store, with its configuration and themes
// as their files are now. Its database and key stay those it was opened with.
func (n *Newsroom) Reread() (*Newsroom, error) {
	conf, err := LoadConfig(n.options)
	if err != nil {
		return nil, err
	}
	again := *n
	again.Config, again.signing = conf, loadSigning(conf)
	again.loadThemes()
	for i := range conf.Newsletters {
		if wrong := again.themed(&conf.Newsletters[i]).wrong; wrong != nil {
			return nil, wrong
		}
	}
	return &again, nil
}

// Written are the files and folders that people write to say how mails look: the
// configuration, and the newsroom's own partials and words.
func (n *Newsroom) Written() []string {
	var paths []string
	for _, name := range []string{ConfigFile, config.TemplatesDir, config.WordsDir} {
		paths = append(paths, filepath.Join(n.options.Dir, name))
	}
	return paths
}

// LoadConfig reads the newsroom's configuration alone.
func LoadConfig(o Options) (*config.Config, error) {
	if info, err := os.Stat(o.Dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file, and a newsroom is a folder: name the folder that has the %s", o.Dir, ConfigFile)
	}
	conf, err := config.Load(filepath.Join(o.Dir, ConfigFile), o.Lookup)
	if errors.Is(err, fs.ErrNotExist) && !exists(filepath.Join(o.Dir, ConfigFile)) {
		return nil, fmt.Errorf("there is no %s in %s: make a newsroom with \"broadsheet init DIR\", or name its folder with --dir", ConfigFile, o.Dir)
	}
	if err != nil {
		return nil, err
	}
	if o.Config != nil {
		err = o.Config(conf)
	}
	return conf, err
}

// Options are those that the newsroom was opened with.
func (n *Newsroom) Options() Options { return n.options }

// Close gives everything back.
func (n *Newsroom) Close() error {
	n.client.Close()
	return n.Store.Close()
}

// ErrWhichNewsletter says that no newsletter is named, and there are several.
var ErrWhichNewsletter = errors.New("which newsletter?")

// Newsletter finds a newsletter by name. Where the newsroom has only one, the
// empty name means that one.
func (n *Newsroom) Newsletter(name string) (*config.Newsletter, error) {
	if name == "" && len(n.Config.Newsletters) == 1 {
		return &n.Config.Newsletters[0], nil
	}
	if letter, ok := n.Config.Newsletter(name); ok {
		return letter, nil
	}
	names := newsletterNames(n.Config)
	if name == "" {
		return nil, fmt.Errorf("%w this newsroom has %s", ErrWhichNewsletter, names)
	}
	return nil, fmt.Errorf("there is no newsletter %q: this newsroom has %s", name, names)
}

func newClient(conf *config.Config, o Options) *fetch.Client {
	return fetch.New(fetch.Options{
		UserAgent:  userAgent(o.Version, conf.Site.String()),
		AllowHosts: meantPrivate(conf),
		Clock:      o.Clock,
	})
}

// meantPrivate are the hosts of the configuration that may be inside a network.
func meantPrivate(conf *config.Config) (hosts []string) {
	for _, letter := range conf.Newsletters {
		for _, source := range letter.Sources {
			if !source.AllowPrivate {
				continue
			}
			hosts = append(hosts, hostOf(source.URL))
			for _, other := range source.CompleteFrom {
				hosts = append(hosts, hostOf(other.URL))
			}
		}
		if letter.Views != nil && letter.Views.AllowPrivate {
			hosts = append(hosts, hostOf(letter.Views.URL))
		}
		if m := letter.Mirrors; m != nil && m.AllowPrivate {
			for _, u := range m.At {
				hosts = append(hosts, u.Host)
			}
		}
	}
	return hosts
}

// userAgent says who asks, and where to read about them or complain (RFC 9110 10.1.5).
func userAgent(version, site string) string {
	product := "Broadsheet"
	if version != "" {
		product += "/" + version
	}
	return product + " (newsletter digest; +" + site + ")"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// within tells whether a file lies below a folder.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
