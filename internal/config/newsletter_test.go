package config

import "testing"

func TestFeedbackSender(t *testing.T) {
	for address, want := range map[string]string{
		"news@harbour-observer.example":  "harbour-observe",
		"news@news.example.org":          "news-news",
		"a@meduza.example":               "meduza",
		"a@harbour-observ-er.example":    "harbour-observ",
		"a@xn--e1afmkfd.xn--p1ai":        "xn--e1afmkfd",
		"weekly@a.example":               "a-news",
		"weekly@www.observer.example":    "observer",
		"weekly@verylongnewspapername.x": "verylongnewspap",
	} {
		if got := feedbackSender(address); got != want {
			t.Errorf("a sender at %s: got %q, want %q", domainOf(address), got, want)
		}
	}
}
