package digest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// maxURL is the longest link that is taken, in bytes; Outlook cuts a little above.
const maxURL = 2048

// trackingParams name where a click came from, never what is shown. Names are in
// lower case. From the documentation of the tools themselves: Google Analytics and
// Ads, Meta, Microsoft, Mailchimp, HubSpot, Marketo, Matomo, Piano, Vero, Yandex,
// X, TikTok, LinkedIn, Klaviyo, Drip, Adobe, Olytics, Wicked, Branch, Mapp (Webtrekk),
// Echobox, comScore, Yahoo, Kit, MailerLite, beehiiv, Outbrain, Taboola, Roistat; and the
// sessions of PHP and Java, which are others at each fetch.
var trackingParams = set(
	"gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "_ga", "_gl", "srsltid",
	"fbclid", "igshid", "igsh", "msclkid", "mc_cid", "mc_eid", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking",
	"mkt_tok", "pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content", "pk_cid",
	"vero_id", "vero_conv", "yclid", "ysclid", "_openstat", "erid", "twclid", "ref_src", "__twitter_impression", "ttclid", "li_fat_id", "_kx", "__s", "s_cid", "s_kwcid",
	"oly_anon_id", "oly_enc_id", "rb_clickid", "wickedid", "_branch_match_id", "epik", "cmpid", "ncid", "xtor", "ftag",
	"wt_mc", "wt_zmc", "echobox", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee",
	"guccounter", "guce_referrer", "guce_referrer_sig", "ck_subscriber_id", "ml_subscriber", "ml_subscriber_hash", "_bhlid",
	"dicbo", "tblci", "roistat", "sfmc_id", "vgo_ee", "sc_cid", "phpsessid", "jsessionid",
)

// feedMarks are the pairs by which sites mark the links of their feeds. Their names
// alone may mean something; with these values they say where the click came from.
var feedMarks = set("rss=1", "ref=rss", "source=rss", "from=rss", "partner=rss", "emc=rss", "traffic_source=rss")

var trackingPrefixes = []string{"utm_", "mtm_", "matomo_", "piwik_", "hsa_", "stm_", "at_"}

// CleanURL is a link as the reader gets it: tracking parameters removed, the rest
// as the source wrote it. It refuses all but absolute http and https links, links
// that carry a user name or password, and those over 2,048 bytes; its errors do
// not repeat a password.
func CleanURL(raw string) (string, error) {
	u, _, err := parseURL(raw)
	if err != nil {
		return "", err
	}
	u.RawQuery = strings.Join(queryPairs(u.RawQuery), "&")
	u.ForceQuery = false
	if where := withoutSession(u.EscapedPath()); where != u.EscapedPath() {
		if plain, err := url.PathUnescape(where); err == nil {
			u.Path, u.RawPath = plain, where
		}
	}
	if isTrackingFragment(u.Fragment) {
		u.Fragment, u.RawFragment = "", ""
	}
	return u.String(), nil
}

// CanonicalURL is the name of the page that a link leads to: the same for http
// and https, with and without www, trailing slash, default port, fragment (but for
// a page's name within an application, "#!/news/1" and "#/news/1") and tracking
// parameters, in any case of the host, order of the parameters, and percent-encoding
// (RFC 3986 6.2.2). It is for comparing, not for the reader. It
// refuses what [CleanURL] refuses.
func CanonicalURL(raw string) (string, error) {
	u, host, err := parseURL(raw)
	if err != nil {
		return "", err
	}
	page := "https://" + host + strings.TrimRight(path.Clean("/"+normalEscapes(withoutSession(u.EscapedPath()))), "/") + canonicalQuery(u.RawQuery)
	if strings.HasPrefix(u.Fragment, "!") || strings.HasPrefix(u.Fragment, "/") {
		where, query, _ := strings.Cut(u.EscapedFragment(), "?")
		page += strings.TrimRight("#"+strings.TrimRight(normalEscapes(where), "/")+canonicalQuery(query), "#!")
	}
	return page, nil
}

var session = lazyregexp.New(`(?i);jsessionid=[^/;]*`)

// withoutSession is a path without the number of a visit, as Java's servers write it.
func withoutSession(path string) string { return session.ReplaceAllString(path, "") }

// canonicalQuery is a query without the tracking parameters, in order.
func canonicalQuery(query string) string {
	pairs := queryPairs(query)
	if len(pairs) == 0 {
		return ""
	}
	for i := range pairs {
		pairs[i] = normalEscapes(pairs[i])
	}
	slices.Sort(pairs)
	return "?" + strings.Join(pairs, "&")
}

// parseURL reads a link, and its host in the canonical form, and holds it to what
// a newsletter may carry.
func parseURL(raw string) (u *url.URL, host string, err error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return nil, "", errors.New("link is empty")
	}
	if len(raw) > maxURL {
		return nil, "", fmt.Errorf("link of %s bytes is too long; %s are taken", figures.Of(len(raw)), figures.Of(maxURL))
	}
	u, err = url.Parse(raw)
	if err != nil {
		// The library's error repeats the link, password and all.
		return nil, "", errors.New("link cannot be read: it is no address of a page")
	}
	if u.User != nil {
		return nil, "", fmt.Errorf("link to %q carries a user name; take it out", u.Hostname())
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
	case "":
		return nil, "", fmt.Errorf("link %q is not absolute; it must begin with https:// or http://", raw)
	default:
		return nil, "", fmt.Errorf("link with scheme %q is not taken, only https and http", u.Scheme)
	}
	host, err = canonicalHost(u)
	if err != nil {
		return nil, "", fmt.Errorf("link %q %w", raw, err)
	}
	return u, host, nil
}

// canonicalHost is the host in lower-case ASCII (RFC 5891 4), without www, the
// root's dot and the ports that http and https have anyway.
func canonicalHost(u *url.URL) (string, error) {
	host := strings.ToLower(u.Hostname())
	port := u.Port()
	if port == "80" || port == "443" {
		port = ""
	}
	if strings.Contains(host, ":") { // an IPv6 address
		if strings.Trim(host, "0123456789abcdef:.") != "" {
			return "", errors.New("names no host that everybody can reach")
		}
		if port == "" {
			return "[" + host + "]", nil
		}
		return net.JoinHostPort(host, port), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil { // names that browsers take and the rules do not, such as a_b.example
		ascii, err = idna.Punycode.ToASCII(host)
	}
	ascii = strings.TrimSuffix(strings.ToLower(ascii), ".")
	if err != nil || ascii == "" || slices.Contains(strings.Split(ascii, "."), "") || strings.Trim(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-._") != "" {
		return "", errors.New("names no host")
	}
	for strings.HasPrefix(ascii, "www.") && strings.Contains(ascii[len("www."):], ".") {
		ascii = ascii[len("www."):]
	}
	if port != "" {
		ascii += ":" + port
	}
	return ascii, nil
}

// queryPairs splits a query at "&" as it stands, without the tracking parameters
// and empty pairs.
func queryPairs(query string) []string {
	if query == "" {
		return nil
	}
	return slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		return pair == "" || isTrackingPair(pair)
	})
}

func isTrackingPair(pair string) bool {
	name, value, _ := strings.Cut(pair, "=")
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.TrimPrefix(strings.ToLower(name), "amp;") // escaped twice
	return isTracking(name) || feedMarks[name+"="+strings.ToLower(value)]
}

// isTrackingFragment reports a fragment that names no place in the page.
//
// QUIRK: Foundry's sites (Macworld, PCWorld) write #tk.rss_all; others put their
// parameters behind the # (AT Internet's #xtor=RSS-1).
func isTrackingFragment(fragment string) bool {
	return strings.HasPrefix(fragment, "tk.") || strings.Contains(fragment, "=") && isTrackingPair(fragment)
}

func isTracking(name string) bool {
	return trackingParams[name] || slices.ContainsFunc(trackingPrefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}

// normalEscapes writes percent-encoding the one way of RFC 3986 6.2.2: unreserved
// characters plain, everything else that is not ASCII or was encoded in upper
// case; a "%" that begins no escape as one.
func normalEscapes(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		encoded := false
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c, encoded = unhex(s[i+1])<<4|unhex(s[i+2]), true
			i += 2
		}
		if (encoded && !isUnreserved(c)) || c >= 0x80 || c <= ' ' || !encoded && c == '%' {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isUnreserved follows RFC 3986 2.3.
func isUnreserved(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("-._~", c) >= 0
}

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
