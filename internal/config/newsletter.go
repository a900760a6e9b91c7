package config

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/mailer"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// newsletterKeys are the keys of a newsletter.
var newsletterKeys = slices.Concat(senderKeys, timeKeys, pickKeys, waveKeys, sendKeys, formatKeys)

// senderKeys say who a newsletter is.
var senderKeys = []key[Newsletter]{
	{name: "name", required: "name: weekly", read: func(v value, n *Newsletter) { n.Name, _ = v.name() }},
	{name: "title", required: "title: The Harbour Observer", read: func(v value, n *Newsletter) { n.Title, _ = v.text() }},
	{name: "tagline", read: func(v value, n *Newsletter) { n.Tagline, _ = v.text() }},
	{name: "group", read: func(v value, n *Newsletter) { n.Group, _ = v.name() }},
	{name: "language", def: "en", read: func(v value, n *Newsletter) { n.Language, _ = v.language() }},
	{name: "from", required: "from: The Harbour Observer <news@harbour-observer.example>", read: func(v value, n *Newsletter) {
		if a, ok := v.mailbox(); ok {
			n.From = a
			v.r.senders = append(v.r.senders, sender{v, a.Address})
		}
	}},
	{name: "reply_to", read: func(v value, n *Newsletter) {
		if a, ok := v.mailbox(); ok {
			n.ReplyTo = &a
		}
	}},
	{name: "greeting", def: "false", read: func(v value, n *Newsletter) { n.Greeting, _ = v.yes() }},
	{name: "welcome", def: "false", read: func(v value, n *Newsletter) { n.Welcome, _ = v.yes() }},
	{name: "envelope", read: func(v value, n *Newsletter) {
		if a, ok := v.bare(); ok {
			n.Envelope = a
			v.r.senders = append(v.r.senders, sender{v, a})
		}
	}},
	{name: "list_id", read: readListID},
	{name: "feedback_sender", read: readFeedbackSender},
	{name: "unsubscribe_mailto", read: func(v value, n *Newsletter) { n.UnsubscribeMailto, _ = v.bare() }},
}

// timeKeys say when its editions come out.
var timeKeys = []key[Newsletter]{
	{name: "schedule", required: `schedule: "0 9 * * FRI"`, read: func(v value, n *Newsletter) { n.Schedule, _ = v.scalar("a cron line") }},
	{name: "timezone", def: "UTC", read: readTimezone},
	{name: "dates", read: readDates},
	{name: "expires", def: "24h", read: func(v value, n *Newsletter) { n.Expires, _ = v.duration(minute, 60*day) }},
	{name: "approval", def: "required", read: func(v value, n *Newsletter) {
		s, _ := v.choice(string(Required), string(Automatic))
		n.Approval = Approval(s)
	}},
	{name: "fetch_every", def: "1h", read: readFetchEvery},
	{name: "draft_lead", def: "0", read: func(v value, n *Newsletter) { n.DraftLead, _ = v.duration(0, 7*day) }},
	{name: "freeze_lead", def: "0", read: func(v value, n *Newsletter) { n.FreezeLead, _ = v.duration(0, 7*day) }},
}

// readFetchEvery reads how often sources are asked. More often than every ten minutes is
// no manner to ask others' servers.
func readFetchEvery(v value, n *Newsletter) {
	n.FetchEvery, _ = v.duration(0, 7*day)
	if n.FetchEvery > 0 && n.FetchEvery < 10*minute {
		v.report("every ten minutes is the most that sources are asked", "make it 10m or longer; 0: only when an edition is drafted")
	}
}

// sendKeys say who is told, how sending goes on, and what it all looks like.
var sendKeys = []key[Newsletter]{
	{name: "editors", read: func(v value, n *Newsletter) { n.Editors = readMailboxes(v, "this editor is named twice") }},
	{name: "in_doubt", def: "resend", read: func(v value, n *Newsletter) {
		s, _ := v.choice(string(mailer.Resend), string(mailer.Hold))
		n.InDoubt = mailer.DoubtPolicy(s)
	}},
	{name: "give_up", def: "48h", read: func(v value, n *Newsletter) { n.GiveUp, _ = v.duration(minute, 30*day) }},
	{name: "limits", read: func(v value, n *Newsletter) { n.Limits = readLimits(v) }},
	{name: "ramp", read: func(v value, n *Newsletter) { n.Ramp = readRamp(v) }},
	{name: "dkim", read: func(v value, n *Newsletter) { n.dkim = readDKIM(v) }},
	{name: "address", read: func(v value, n *Newsletter) { n.Look.Footer.Address, _ = v.lines() }},
	{name: "contact", read: func(v value, n *Newsletter) { n.Look.Footer.Contact, _ = v.bare() }},
	{name: "privacy", read: readPrivacy},
	{name: "look", read: readLook},
}

func readNewsletters(v value, c *Config) {
	list := v.items("newsletters")
	if len(list) == 0 {
		v.report("there is no newsletter here", "for example: newsletters: [{name: weekly, ...}]")
	}
	for _, item := range list {
		var n Newsletter
		g := readMapping(item, "a newsletter", newsletterKeys, &n)
		checkNewsletter(g, &n)
		if _, twice := c.Newsletter(n.Name); twice && n.Name != "" {
			g.at("name").reportf("give each a name of its own", "two newsletters are called %s", quoted(n.Name))
		}
		c.Newsletters = append(c.Newsletters, n)
	}
}

// checkNewsletter checks what concerns several keys together.
func checkNewsletter(g given, n *Newsletter) {
	checkSchedule(g, n)
	if n.DraftLead > 0 && n.DraftLead < n.FreezeLead {
		g.at("draft_lead").report("the draft would be made after it is to be frozen", "make draft_lead longer than freeze_lead, such as draft_lead: 1d")
	}
	n.dates = nil
	if n.HoldBelow > n.Stories && n.Stories > 0 {
		at := g.at("hold_below")
		if !g.has("hold_below") {
			n.HoldBelow = n.Stories // the default is for editions of an ordinary size
			return
		}
		at.reportf("make hold_below smaller, or stories greater", "every edition would be held: it takes %d stories at most", n.Stories)
	}
}

// complete fills in what depends on the site.
func complete(n *Newsletter, site *url.URL) {
	if n.From.Name == "" {
		n.From.Name = n.Title // what an inbox shows first
	}
	if n.Envelope == "" {
		n.Envelope = n.From.Address
	}
	if n.ListID == "" && site != nil {
		host := site.Hostname()
		if isIP(host) {
			host = domainOf(n.From.Address)
		}
		n.ListID = n.Name + "." + host
	}
	if n.FeedbackSender == "" {
		n.FeedbackSender = feedbackSender(n.From.Address)
	}
	if n.Privacy != "" && site != nil {
		n.Look.Footer.PrivacyURL = strings.TrimSuffix(site.String(), "/") + PathPrivacy + n.Name
	}
	n.Look.Title, n.Look.Tagline = n.Title, n.Tagline
	if n.Look.Footer.Contact == "" {
		n.Look.Footer.Contact = n.From.Address
		if n.ReplyTo != nil {
			n.Look.Footer.Contact = n.ReplyTo.Address
		}
	}
}

// PathPrivacy is where a newsletter's privacy policy stands on the site, with its name
// behind: mails that are years old link there.
const PathPrivacy = "/privacy/"

// mostPrivacy bounds the text of a privacy policy, in bytes.
const mostPrivacy = 256 << 10

// readPrivacy reads a link to the privacy policy, or file: and the path of its text in
// Markdown. What readers agree to is named by the text's hash, or by the link.
func readPrivacy(v value, n *Newsletter) {
	s, ok := v.text()
	if !ok {
		return
	}
	path, is := strings.CutPrefix(s, "file:")
	if !is {
		if u, ok := v.link("https", "http"); ok {
			n.Look.Footer.PrivacyURL, n.PrivacyVersion = u.String(), u.String()
		}
		return
	}
	full, ok := v.within(path)
	if !ok {
		return
	}
	text, err := readSmall(full, mostPrivacy)
	switch {
	case err != nil:
		v.reportf("put your privacy policy there, in Markdown, or give a link to it", "%s cannot be read: %s", full, reason(err))
	case !utf8.Valid(text) || strings.TrimSpace(string(text)) == "":
		v.reportf("write your privacy policy into it, in Markdown and UTF-8", "%s holds no text", full)
	default:
		sum := sha256.Sum256(text)
		n.Privacy, n.PrivacyVersion = string(text), hex.EncodeToString(sum[:6])
	}
}

// readListID reads the identifier of RFC 2919: dot-separated names, 255
// characters at most.
func readListID(v value, n *Newsletter) {
	s, ok := v.text()
	if !ok {
		return
	}
	s = strings.Trim(s, "<>")
	if h, valid := hostname(s); !valid || h != strings.ToLower(s) || !strings.Contains(s, ".") {
		v.reportf("for example: weekly.news.example.org", "%s is not a list id", quoted(s))
		return
	}
	n.ListID = s
}

func readFeedbackSender(v value, n *Newsletter) {
	s, ok := v.text()
	if ok && (len(s) < 5 || len(s) > 15 || !nameForm.MatchString(strings.ToLower(s))) {
		v.reportf("use 5 to 15 letters, digits and hyphens, such as harbourobs", "%s cannot be a Feedback-ID's sender", quoted(s))
		return
	}
	n.FeedbackSender = s
}

// feedbackSender makes a sender's id for Feedback-ID of an address's domain: 5 to
// 15 letters, digits and hyphens, the same for every mail of the newsroom.
func feedbackSender(address string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(domainOf(address), "www."), ".")
	id := name + "-news"
	if len(name) >= 5 {
		id = name
	}
	return strings.TrimRight(id[:min(len(id), 15)], "-")
}
