package prose

import "strings"

// trackerHosts serve pictures that nobody is meant to see: they, and what lies below
// them, count who reads.
var trackerHosts = map[string]bool{
	"pixel.wp.com": true, "stats.wp.com": true, "stats.wordpress.com": true, "feeds.wordpress.com": true, "feedsportal.com": true,
	"scorecardresearch.com": true, "doubleclick.net": true, "google-analytics.com": true, "googletagmanager.com": true,
	"googlesyndication.com": true, "2mdn.net": true, "rss.buysellads.com": true, "pheedo.com": true, "chartbeat.net": true,
	"counter.theconversation.com": true, "pixel.propublica.org": true, "met.vgwort.de": true, "ioam.de": true, "xiti.com": true,
	"quantserve.com": true, "statcounter.com": true, "histats.com": true, "px.ads.linkedin.com": true, "ct.pinterest.com": true,
	"list-manage.com": true, "mc.yandex.ru": true, "counter.yadro.ru": true, "top-fwz1.mail.ru": true, "top.mail.ru": true,
	"counter.rambler.ru": true, "tns-counter.ru": true, "openstat.net": true, "webtrekk.net": true, "adition.com": true, "krxd.net": true,
}

// trackerNames are files that are a counter's, or a pixel, wherever they lie.
var trackerNames = map[string]bool{
	"pixel.gif": true, "pixel.png": true, "spacer.gif": true, "blank.gif": true, "transparent.gif": true, "transparent.png": true,
	"1x1.gif": true, "1x1.png": true, "tracking.gif": true, "counter.gif": true, "tracking.png": true, "spacer.png": true, "blank.png": true,
	"counter.png": true, "piwik.php": true, "matomo.php": true, "open.gif": true, "beacon.gif": true, "clear.gif": true, "pixel.php": true,
}

// trackerPaths stand in addresses of pixels of services that lend their host to others.
var trackerPaths = []string{"/~r/", "/~f/", "/~ff/", "/wf/open", "/track/open", "/republication-tracker", "/ga.gif", "utm_pixel=", "facebook.com/tr?"}

// IsTracker tells of a picture's address that it counts readers and shows nothing.
func IsTracker(link string) bool {
	link = strings.ToLower(link)
	_, rest, ok := strings.Cut(link, "://")
	if !ok {
		return false
	}
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if strings.HasPrefix(host, "ad.") || strings.HasPrefix(host, "ads.") || strings.HasPrefix(host, "tracking.") {
		return true
	}
	for domain, more := host, true; more; _, domain, more = strings.Cut(domain, ".") {
		if trackerHosts[domain] {
			return true
		}
	}
	name, _, _ := strings.Cut(path, "?")
	name = name[strings.LastIndexByte(name, '/')+1:]
	if trackerNames[name] {
		return true
	}
	for _, p := range trackerPaths {
		if strings.Contains(rest, p) {
			return true
		}
	}
	return false
}
