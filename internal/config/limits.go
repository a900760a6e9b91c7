package config

import "github.com/broadsheet-news/broadsheet/mailer"

// Limits bound what goes one way; zero fields do not.
type Limits struct {
	mailer.Limits
	Domains map[string]mailer.Limits // for mail to a domain's recipients; ASCII, lower case
}

const (
	mostRate   = 100_000    // messages a second
	mostHourly = 10_000_000 // messages an hour
)

// limitKeys are the keys of a newsletter's limits.
var limitKeys = []key[Limits]{
	{name: "connections", read: func(v value, x *Limits) { x.Connections, _ = v.number(1, 1000) }},
	{name: "rate", read: func(v value, x *Limits) { x.Rate, _ = v.number(1, mostRate) }},
	{name: "hourly", read: func(v value, x *Limits) { x.Hourly, _ = v.number(1, mostHourly) }},
	{name: "domains", read: func(v value, x *Limits) { x.Domains = readDomainLimits(v) }},
}

// domainLimitKeys are the keys of a domain's limits.
var domainLimitKeys = []key[mailer.Limits]{
	{name: "connections", read: func(v value, x *mailer.Limits) { x.Connections, _ = v.number(1, 1000) }},
	{name: "rate", read: func(v value, x *mailer.Limits) { x.Rate, _ = v.number(1, mostRate) }},
	{name: "hourly", read: func(v value, x *mailer.Limits) { x.Hourly, _ = v.number(1, mostHourly) }},
}

func readLimits(v value) (x Limits) {
	readMapping(v, "a set of limits", limitKeys, &x)
	return x
}

const exampleDomains = "{gmail.com: {connections: 2, rate: 20}}"

// readDomainLimits reads a mapping from domains to their limits.
func readDomainLimits(v value) map[string]mailer.Limits {
	pairs := v.r.pairs(v.node, 0)
	if len(pairs) == 0 {
		v.reportf("for example: "+exampleDomains, "this is %s, where domains with their limits are wanted", v.kind())
		return nil
	}
	all := map[string]mailer.Limits{}
	for _, p := range pairs {
		name, valid := hostname(p.name)
		if !valid {
			v.r.report(p.at, quoted(p.name)+" is not a domain", "for example: "+exampleDomains)
			continue
		}
		if _, twice := all[name]; twice {
			v.r.report(p.at, quoted(p.name)+" is given twice", "domains are read in lower case: remove one")
			continue
		}
		to := v.r.value(p.node)
		if !to.given() || to.kind() == "a mapping" && len(mappingValues(to.node)) == 0 {
			v.r.report(p.at, quoted(p.name)+" has no limit", "for example: "+exampleDomains)
			continue
		}
		var x mailer.Limits
		readMapping(to, "a domain's set of limits", domainLimitKeys, &x)
		all[name] = x
	}
	return all
}
