package mailer

import "strings"

// ProviderOther is the provider of all domains that too few readers have for a count
// of their own.
const ProviderOther = "other"

// providers are the domains of the providers that judge a sender as one, by name.
// Domains of companies and of people are hosted there too; only the DNS would tell,
// and it is not asked for each reader.
var providers = map[string]string{
	"google":    "gmail.com googlemail.com",
	"microsoft": "outlook.com hotmail.com live.com msn.com outlook.de hotmail.de live.de outlook.fr hotmail.fr live.fr hotmail.co.uk live.co.uk outlook.es hotmail.es live.nl hotmail.it outlook.it live.it windowslive.com",
	"yahoo":     "yahoo.com ymail.com rocketmail.com aol.com aim.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.com.br yahoo.com.au aol.de myyahoo.com",
	"apple":     "icloud.com me.com mac.com",
	"mail.ru":   "mail.ru inbox.ru list.ru bk.ru internet.ru",
	"yandex":    "yandex.ru yandex.com ya.ru yandex.by yandex.kz",
	"gmx":       "gmx.de gmx.net gmx.com gmx.at gmx.ch web.de mail.com",
	"proton":    "proton.me protonmail.com pm.me protonmail.ch",
	"t-online":  "t-online.de magenta.de",
	"orange":    "orange.fr wanadoo.fr",
	"free":      "free.fr",
	"libero":    "libero.it virgilio.it iol.it inwind.it",
	"comcast":   "comcast.net",
	"naver":     "naver.com",
	"tencent":   "qq.com foxmail.com",
	"netease":   "163.com 126.com yeah.net",
	"wp":        "wp.pl o2.pl",
	"seznam":    "seznam.cz email.cz",
}

var providerOf = func() map[string]string {
	by := map[string]string{}
	for name, domains := range providers {
		for domain := range strings.FieldsSeq(domains) {
			by[domain] = name
		}
	}
	return by
}()

// Provider names who runs the mailboxes of an address's domain: a large provider by
// its name, anyone else by the domain itself, in lower case.
func Provider(address string) string {
	d := domain(address)
	if name, ok := providerOf[d]; ok {
		return name
	}
	return d
}
