package config

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// Values are what the file that starts a newsroom is filled with. Empty fields
// get an example, so that the file always loads.
type Values struct {
	Site     string // https://news.example.org
	Relay    string // host:port
	Username string // empty: the lines for a login are written as comments
	Name     string // of the newsletter: weekly
	Title    string
	From     string // address that mail is sent from
	Language string
	Schedule string // cron line
	Timezone string
	Source   string // link of a feed; or the file or folder that Lies says
	Lies     string // the source's key: url, file or folder
	Editor   string // address of an editor
	Address  string // postal address, with line breaks
	Accent   string // #rrggbb
}

// example is a newspaper at a domain that never exists (RFC 2606).
var example = Values{
	Site: "https://news.example.org", Relay: "localhost:25", Name: "weekly", Title: "The Example Weekly",
	From: "weekly@example.org", Language: "en", Schedule: "0 9 * * FRI", Timezone: "UTC",
	Source: "https://www.example.org/feed.xml", Lies: "url",
	Address: "1 Example Street, Exampletown", Accent: "#0b5394",
}

//go:embed sample.yaml.tmpl
var sampleText string

var sample = template.Must(template.New("sample").Funcs(template.FuncMap{"q": scalar}).Parse(sampleText))

// Inside tells whether the source's host is not on the public internet: whoever names it
// here means it.
func (v Values) Inside() bool { return v.Lies == "url" && Inside(v.Source) }

// Sample is the commented configuration that a newsroom begins with, 40 lines at
// most. It loads without an error where the values are themselves right.
func Sample(v Values) []byte {
	for _, f := range []struct{ field, example *string }{
		{&v.Site, &example.Site},
		{&v.Relay, &example.Relay},
		{&v.Name, &example.Name},
		{&v.Title, &example.Title},
		{&v.From, &example.From},
		{&v.Language, &example.Language},
		{&v.Schedule, &example.Schedule},
		{&v.Timezone, &example.Timezone},
		{&v.Source, &example.Source},
		{&v.Lies, &example.Lies},
		{&v.Address, &example.Address},
		{&v.Accent, &example.Accent},
	} {
		if *f.field == "" {
			*f.field = *f.example
		}
	}
	var b bytes.Buffer
	if err := sample.Execute(&b, v); err != nil { // the template is our own and takes any text
		panic("config: sample: " + err.Error())
	}
	return b.Bytes()
}

var plainScalar = lazyregexp.New(`^[A-Za-z][A-Za-z0-9 ./@_+-]*[A-Za-z0-9]$`)

// reserved words of YAML 1.1 and 1.2, which some reader takes for no text.
var reserved = lazyregexp.New(`(?i)^(?:true|false|yes|no|on|off|null|y|n)$`)

// scalar writes a text so that YAML reads the same text again. A link stays bare,
// as people write it; what could be misread goes into double quotes, whose escapes
// are JSON's.
func scalar(s string) string {
	bare := strings.NewReplacer("https://", "", "http://", "").Replace(s)
	host, port, _ := strings.Cut(bare, ":")
	if _, err := strconv.Atoi(port); err == nil && plainScalar.MatchString(host) {
		return s
	}
	if plainScalar.MatchString(bare) && !reserved.MatchString(s) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSpace(b.String())
}

// StillSample names the keys that concern a newsletter and have the sample's own values:
// what was to be changed before anything is mailed.
func (c *Config) StillSample(n *Newsletter) []string {
	var keys []string
	for _, k := range []struct {
		name, is, was string
	}{
		{"site", c.Site.String(), example.Site},
		{"title", n.Title, example.Title},
		{"from", n.From.Address, example.From},
		{"address", n.Look.Footer.Address, example.Address},
	} {
		if k.is == k.was {
			keys = append(keys, k.name)
		}
	}
	if slices.ContainsFunc(n.Sources, Source.Sample) {
		keys = append(keys, "sources")
	}
	return keys
}

// Sample tells whether a source is the one that init makes up.
func (s Source) Sample() bool { return s.URL == example.Source }
