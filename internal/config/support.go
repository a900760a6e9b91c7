package config

import (
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"github.com/broadsheet-news/broadsheet/templates"
)

var supportKeys = []key[templates.Appeal]{
	{name: "title", required: "title: Support our work", read: func(v value, a *templates.Appeal) { a.Title, _ = v.text() }},
	{name: "text", read: func(v value, a *templates.Appeal) { a.Text, _ = v.text() }},
	{name: "once", read: func(v value, a *templates.Appeal) { a.Once = readAmounts(v, "once") }},
	{name: "monthly", read: func(v value, a *templates.Appeal) { a.Monthly = readAmounts(v, "monthly") }},
	{name: "annual", read: func(v value, a *templates.Appeal) { a.Annual = readAmounts(v, "annual") }},
	{name: "remind_weeks", def: "8", read: func(v value, a *templates.Appeal) { a.Remind, _ = v.number(1, 104) }},
}

const exampleAmounts = `monthly: [{amount: 5 €, url: "https://example.org/support"}]`

func readSupport(v value, n *Newsletter) {
	a := &templates.Appeal{}
	g := readMapping(v, "support", supportKeys, a)
	if !g.has("once") && !g.has("monthly") && !g.has("annual") {
		g.at("once").report("support has no amounts: once, monthly or annual", "for example: "+exampleAmounts)
	}
	n.Look.Support = a
}

var amountKeys = []key[templates.Amount]{
	{name: "amount", read: func(v value, a *templates.Amount) { a.Sum, _ = v.sum() }},
	{name: "label", read: func(v value, a *templates.Amount) { a.Label, _ = v.text() }},
	{name: "url", required: "url: https://example.org/support", read: func(v value, a *templates.Amount) {
		if u, ok := v.link("https"); ok {
			a.URL = u.String()
		}
	}},
}

func readAmounts(v value, name string) []templates.Amount {
	var all []templates.Amount
	list := v.items("amounts")
	if _, is := v.node.(*ast.SequenceNode); is && len(list) == 0 {
		v.reportf("for example: "+exampleAmounts, "%s has no amount", name)
	}
	for _, item := range list {
		var x templates.Amount
		g := readMapping(item, "an amount", amountKeys, &x)
		switch {
		case g.has("amount") && g.has("label"):
			g.at("label").report("this has an amount and a label", "keep one: an amount gets its \"a month\" by itself, a label is printed as it stands")
		case !g.has("amount") && !g.has("label"):
			g.at("amount").report("this button says nothing", "add amount: 5 €, or label: Another amount")
		}
		all = append(all, x)
	}
	return all
}

// sum reads an amount of money, written as the newsletter's language writes it.
func (v value) sum() (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	digit := strings.ContainsFunc(s, unicode.IsDigit)
	currency := strings.ContainsFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.Is(unicode.Sc, c) })
	if !digit || !currency {
		v.reportf("write the sum and the currency, as readers write them: 5 €, $5, 5 CHF", "%s is no amount of money", quoted(s))
		return "", false
	}
	return s, true
}
