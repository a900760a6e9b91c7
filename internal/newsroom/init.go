package newsroom

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

// KeyFile is the name of the key file that Init makes.
const KeyFile = "broadsheet.key"

// Init makes a newsroom in a folder: its configuration, its master key (mode
// 0600), in a folder for its owner alone. The store is made when it is first
// opened. It overwrites nothing.
func Init(ctx context.Context, dir string, yaml []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, ConfigFile)
	if exists(path) {
		return fmt.Errorf("%s is there already: this folder is a newsroom; nothing was changed", path)
	}
	if err := makeKey(filepath.Join(dir, KeyFile)); err != nil {
		return err
	}
	return os.WriteFile(path, yaml, 0o644)
}

// makeKey writes a new master key, unless there is one: a key is never replaced.
func makeKey(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(subscribers.NewMaster().Encode())
	return errors.Join(err, f.Sync(), f.Close())
}

// Finding is one line of a check.
type Finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
	Warn bool   `json:"warn,omitempty"` // works, but somebody should look
}

// Check looks at everything that Friday depends on and can be looked at without
// sending: the configuration, the key, the store, the schedule, the sources, the relays.
func Check(ctx context.Context, o Options) []Finding {
	conf, err := LoadConfig(o)
	if err != nil {
		return []Finding{{What: "configuration", Text: Plain(err)}}
	}
	findings := []Finding{{What: "configuration", OK: true, Text: figures.Counted(len(conf.Newsletters), "newsletter", "newsletters") + ", " + figures.Counted(len(conf.Relays), "relay", "relays")}}
	n, err := Open(ctx, o)
	if err != nil {
		return append(findings, Finding{What: "store and key", Text: Plain(err)})
	}
	defer n.Close()
	opens := "the key opens the list"
	if n.Keys.Locked() {
		opens = "locked: the key was not asked for"
	}
	f := Finding{What: "store and key", OK: true, Text: n.Store.Engine() + "; " + opens}
	if !n.HasWebKey() {
		f.OK, f.Text = false, ErrNeverUnlocked.Error()
	}
	findings = append(findings, f)
	findings = append(findings, Finding{What: "key", OK: true, Warn: n.KeyWarning() != "", Text: n.KeyLies()})
	if err := n.Unmailable(); err != nil {
		findings = append(findings, Finding{What: "site", Text: Plain(err)})
	}
	for i := range conf.Newsletters {
		findings = append(findings, n.checkNewsletter(ctx, &conf.Newsletters[i]))
		findings = append(findings, n.checkFooter(&conf.Newsletters[i])...)
		if keys := conf.StillSample(&conf.Newsletters[i]); len(keys) > 0 {
			findings = append(findings, Finding{
				What: "newsletter " + conf.Newsletters[i].Name, OK: true, Warn: true,
				Text: "still as init made it, for a newspaper that does not exist: " + strings.Join(keys, ", ") + ". Put your own into " + ConfigFile,
			})
		}
		findings = append(findings, n.checkTheme(&conf.Newsletters[i]))
		findings = append(findings, n.checkWaves(ctx, &conf.Newsletters[i])...)
	}
	findings = append(findings, n.checkSources(ctx)...)
	findings = append(findings, n.checkDKIM(ctx, o.LookupTXT)...)
	return append(findings, n.checkRelays(ctx)...)
}

// checkFooter tells what the footer of every mail lacks, and of a logo that is not ours.
func (n *Newsroom) checkFooter(letter *config.Newsletter) []Finding {
	var findings []Finding
	warn := func(text string) {
		findings = append(findings, Finding{What: "newsletter " + letter.Name, OK: true, Warn: true, Text: text})
	}
	if strings.TrimSpace(letter.Look.Footer.Address) == "" {
		warn("no postal address stands in its mails, and many laws ask for one (in the USA, CAN-SPAM): give the newsletter its \"address:\"")
	}
	if letter.Look.Footer.PrivacyURL == "" {
		warn("its mails link to no privacy policy, which the GDPR asks you to show: give the newsletter its \"privacy:\"")
	}
	if logo := letter.Look.LogoURL; logo != "" && !n.Config.Own(logo) {
		warn("its logo is at " + hostOf(logo) + ", which sees who opens a mail: put it on a site of your own domain. The readers' pages show the title instead")
	}
	return findings
}

func (n *Newsroom) checkNewsletter(ctx context.Context, letter *config.Newsletter) Finding {
	f := Finding{What: "newsletter " + letter.Name}
	slot, err := nextSlot(letter, n.Clock())
	if err != nil {
		f.Text = Plain(err)
		return f
	}
	readers := int64(0)
	counts, err := n.Store.CountSubscribers(ctx)
	for _, c := range counts {
		if c.Newsletter == letter.Name && c.State == store.Confirmed {
			readers = c.Count
		}
	}
	f.OK, f.Warn = err == nil, readers == 0
	f.Text = fmt.Sprintf("next slot %s (%s); %s", slot, letter.Timezone, figures.Counted(readers, "reader", "readers"))
	return f
}
