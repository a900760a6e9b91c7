package config

import "testing"

// TestInterfaceAddresses: of WordPress and Ghost the site's address is enough.
func TestInterfaceAddresses(t *testing.T) {
	const embed = "_embed=author%2Cwp%3Afeaturedmedia%2Cwp%3Aterm"
	for source, want := range map[string]string{
		"url: https://a.example, type: wordpress":                                                   "https://a.example/wp-json/wp/v2/posts?" + embed + "&per_page=50",
		"url: https://a.example/blog/, type: wordpress":                                             "https://a.example/blog/wp-json/wp/v2/posts?" + embed + "&per_page=50",
		"url: 'https://a.example/wp-json/wp/v2/posts?categories=4&per_page=20', type: wordpress":    "https://a.example/wp-json/wp/v2/posts?" + embed + "&categories=4&per_page=20",
		"url: 'https://a.example/?rest_route=/wp/v2/posts', type: wordpress":                        "https://a.example/?" + embed + "&per_page=50&rest_route=%2Fwp%2Fv2%2Fposts",
		"url: 'https://a.example/wp-json/wp/v2/posts?_embed'":                                       "https://a.example/wp-json/wp/v2/posts?_embed",
		"url: https://a.example, type: ghost, key: env:GHOST_KEY":                                   "https://a.example/ghost/api/content/posts/?include=authors%2Ctags&key=k%26y&limit=50",
		"url: 'https://a.example/ghost/api/content/posts/?filter=tag:x', type: ghost, key: env:KEY": "https://a.example/ghost/api/content/posts/?filter=tag%3Ax&include=authors%2Ctags&key=k%26y&limit=50",
		"url: https://a.example/sitemap.xml, type: sitemap":                                         "https://a.example/sitemap.xml",
	} {
		c, err := Parse("broadsheet.yaml", []byte(newsletter("sources: [{"+source+"}]")), "/newsroom", func(string) (string, bool) { return "k&y", true })
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if s := c.Newsletters[0].Sources[0]; s.URL != want || s.Secret != (s.Key != "") || s.Name != "a.example" {
			t.Errorf("%s:\n got %s, secret %t, %s\nwant %s", source, s.URL, s.Secret, s.Name, want)
		}
	}
}
