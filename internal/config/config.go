package config

import (
	"net/mail"
	"net/netip"
	"net/url"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Config is a newsroom's configuration: checked, with every default filled in and
// every path absolute.
type Config struct {
	Dir            string        // the folder of the file: the newsroom
	Site           *url.URL      // where readers' pages are, without a trailing slash; mails link there
	Domains        []string      // domains that mail may be sent from, beside the site's own; lower case
	Database       string        // absolute path of a SQLite file, or postgres://...; the latter may hold a password
	Key            Key           // where the master key comes from
	Listen         Listen        // where `serve` listens
	SignUp         SignUp        // what keeps sign-ups from being abused
	KeepDeliveries time.Duration // how long is known who got an edition, from the end of its mailings
	Relays         []Relay       // at least one; the first is the one to prefer
	Newsletters    []Newsletter  // at least one, in the order of the file

	Segments map[string]string // parts of a list, by name: expressions of package segment, each of them right

	mirrors *Mirrors // for newsletters without some of their own, until they have got them

	dkim []givenDKIM // for newsletters without a list of their own, until they have got it
}

// Newsletter finds a newsletter by its name.
func (c *Config) Newsletter(name string) (*Newsletter, bool) {
	for i := range c.Newsletters {
		if c.Newsletters[i].Name == name {
			return &c.Newsletters[i], true
		}
	}
	return nil, false
}

// Listen holds the addresses of the two listeners, host:port.
type Listen struct {
	Web string // readers' pages; a reverse proxy with TLS stands in front of it
	Ops string // health, metrics, preview: for operators, loopback unless the file says otherwise

	Proxies []netip.Prefix // whose word is taken for where a visitor comes from
}

// SignUp holds the limits of sign-ups, each for an hour.
type SignUp struct {
	Work       int // bits of the work that a browser with script does for one; 0: none is asked for
	PerNetwork int // from one visitor's network; without the work a third of it
	InAll      int // from everywhere; without the work a tenth of it, counted apart
}

// TLS says how a relay's connection is protected.
type TLS string

// The ways of TLS.
const (
	STARTTLS      TLS = "starttls"      // asked for and required (RFC 3207)
	Implicit      TLS = "implicit"      // from the first byte (RFC 8314)
	Opportunistic TLS = "opportunistic" // STARTTLS where the relay offers it
	Clear         TLS = "none"          // never
)

// Relay is an SMTP server that we hand mail to.
type Relay struct {
	Name               string
	Address            string // host:port
	TLS                TLS
	CA                 string       // absolute path of a PEM file that is trusted besides the system's; empty: none
	Username           string       // empty: no AUTH
	Password           string       // in clear, in memory only
	Auth               Auth         // AuthAny: the strongest mechanism that the relay offers
	Connections        int          // open at once
	MessagesPerSession int          // messages before a session is closed and another opened; 0: no limit
	Window             int          // deliveries that one connection may have claimed and not yet settled
	Hello              string       // name given with EHLO
	Weight             int          // its share beside the others; 0: it takes what it can
	Standby            bool         // it rests while another takes mail
	Limits             Limits       // Connections above is theirs, too
	Ramp               *mailer.Ramp // it is new and being warmed up; nil: it is not
}

// Auth names a mechanism of SMTP AUTH (RFC 4954), in lower case.
type Auth string

// The mechanisms.
const (
	AuthAny     Auth = "any"
	AuthPlain   Auth = "plain"
	AuthLogin   Auth = "login"
	AuthCRAMMD5 Auth = "cram-md5"
	AuthSCRAM1  Auth = "scram-sha-1"
	AuthSCRAM   Auth = "scram-sha-256"
	AuthXOAuth2 Auth = "xoauth2"
)

// Approval says whether an editor has to approve an edition before it is sent.
type Approval string

// The kinds of approval.
const (
	Required  Approval = "required"
	Automatic Approval = "automatic"
)

// Newsletter is a publication.
type Newsletter struct {
	Name              string // short name, as commands and slots use it: "weekly"
	Title             string // its name for readers: "The Harbour Observer"
	Tagline           string
	Group             string        // newsletters of one group are shown side by side: a paper's languages; empty: it is alone
	Language          string        // BCP 47
	From              mail.Address  // its name is Title where the file gives none
	ReplyTo           *mail.Address // nil: none
	Greeting          bool          // readers whose name is known are greeted by it
	Welcome           bool          // whoever confirms is welcomed, with the latest edition
	Envelope          string        // address that bounces go to (MAIL FROM); From's where not given
	ListID            string        // RFC 2919, without angle brackets: "weekly.news.example.org"
	FeedbackSender    string        // sender id of the Feedback-ID header; made of From's domain where not given
	UnsubscribeMailto string        // address for List-Unsubscribe by mail; empty: by link alone

	Schedule   string            // cron line, five fields, in Timezone
	Timezone   string            // IANA name
	Location   *time.Location    // Timezone, loaded
	Dates      map[string]string // as digest.Schedule.WithDates takes them: "2026-12-25" -> "skip"
	Calendar   digest.Schedule   // Schedule, Timezone and Dates, parsed
	Expires    time.Duration     // a slot older than this is no longer caught up
	Approval   Approval
	FetchEvery time.Duration // how often its sources are read between drafts; 0: not at all
	DraftLead  time.Duration // how long before its slot the draft is made; 0: at its slot
	FreezeLead time.Duration // how long before its slot an approved edition is frozen

	Stories   int // most stories in an edition
	HoldBelow int // fewer stories than this: the edition is held for the editors
	LateGrace time.Duration
	AuthorMax int // stories of one author at most; 0: no limit
	Sections  []digest.Section
	Barred    []string
	Weights   digest.Weights
	Views     *Views // nil: nobody knows what readers look at
	Sources   []Source

	Waves  []mailer.Wave      // the last is the rest; empty: everyone at once
	Staff  []mail.Address     // the wave "staff"; nil: the editors
	StopAt *mailer.Thresholds // nil: the usual ones, and only in waves
	Window time.Duration      // how long the last wave is spread over; 0: as fast as it goes

	Editors []mail.Address // who is told, and who gets notices; may be empty
	InDoubt mailer.DoubtPolicy
	GiveUp  time.Duration // a deferred delivery older than this is rejected
	Limits  Limits        // of its mail over all relays together
	Ramp    *mailer.Ramp  // its sending domain is new and being warmed up; nil: it is not

	Format  templates.Variant   // what readers get who have chosen nothing
	Formats []templates.Variant // what pages offer, Format among it

	FormatFor []FormatFor // what they get instead of Format who are of a part; the first that fits

	Private Private
	Mirrors *Mirrors // of the newsroom's site; nil: links lead to that

	Privacy        string // the privacy policy, in Markdown; empty: it is elsewhere, or there is none
	PrivacyVersion string // names the text that readers agree to: of Privacy a hash, else its address; empty: there is none

	Look templates.Look // title, tagline, footer and theme included

	DKIM []DKIM // the keys that sign its mail, all of them at once; empty: it is not signed here

	dates []date      // Dates, in the order of the file, until they are checked
	dkim  []givenDKIM // DKIM as the file gave it, until it is checked; nil: the file's own list
}

// Rules are the newsletter's wishes for its pick, as package digest takes them.
func (n *Newsletter) Rules() digest.Rules {
	return digest.Rules{
		Stories: n.Stories, HoldBelow: n.HoldBelow, Language: n.Language,
		LateGrace: n.LateGrace, Sections: n.Sections, Barred: n.Barred,
		AuthorMax: n.AuthorMax, Weights: n.Weights,
	}
}

// Source is where stories come from: exactly one of URL, File and Folder is set.
type Source struct {
	Name         string
	URL          string // http or https; it may hold a secret when the file gave it as env: or file:
	Secret       bool   // URL was given so: no part of it but its host is shown
	File         string // absolute path of a feed
	Folder       string // absolute path of a folder of Markdown stories
	Section      string // section of its stories where they name none; empty: by their topics
	Language     string // BCP 47 of its stories where they name none; empty: the newsletter's
	Evergreen    bool   // its stories are as good in any week
	AllowPrivate bool   // the address may be loopback or in a private network
	Pages        Pages  // whose pages are read for what it leaves out of its stories

	Type         SourceType // what URL gives; empty: known by what it gives
	Key          string     // of Ghost's Content API; it is part of URL
	CompleteFrom []Other    // where what its stories lack is looked for, before their pages
}

// Pages says for which stories of a source their pages are read.
type Pages string

// The rules for reading pages.
const (
	PagesLacking Pages = "lacking" // those without a picture, or without any text
	PagesForText Pages = "text"    // and those without their full text
	PagesNever   Pages = "never"   // none
)
