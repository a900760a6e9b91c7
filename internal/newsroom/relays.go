package newsroom

import (
	"fmt"
	"os"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
)

// auths are the configuration's words for what the wire calls by its own.
var auths = map[config.Auth]smtp.AuthMode{
	config.AuthAny:     smtp.AuthAny,
	config.AuthPlain:   smtp.AuthPlain,
	config.AuthLogin:   smtp.AuthLogin,
	config.AuthCRAMMD5: smtp.AuthCRAMMD5,
	config.AuthSCRAM1:  smtp.AuthSCRAMSHA1,
	config.AuthSCRAM:   smtp.AuthSCRAMSHA256,
	config.AuthXOAuth2: smtp.AuthXOAUTH2,
}

// routes are the relays that mail may go by now, as a mailing uses them.
func (n *Newsroom) routes() ([]mailer.Route, error) {
	relays, err := n.relays()
	routes := mailer.Routes(relays...)
	for i := range routes {
		c := n.Config.Relays[i]
		routes[i].Weight, routes[i].Standby = c.Weight, c.Standby
		routes[i].Limits, routes[i].DomainLimits = c.Limits.Limits, c.Limits.Domains
	}
	return routes, err
}

// relays are the configuration's relays as the wire takes them.
func (n *Newsroom) relays() ([]smtp.Relay, error) {
	var relays []smtp.Relay
	for _, c := range n.Config.Relays {
		r := smtp.Relay{
			Name: c.Name, Address: c.Address, TLS: smtp.TLSMode(c.TLS),
			Username: c.Username, Password: c.Password, Auth: auths[c.Auth], Hello: c.Hello,
			Connections: c.Connections, MessagesPerSession: c.MessagesPerSession, Window: c.Window,
		}
		if c.CA != "" {
			pem, err := os.ReadFile(c.CA)
			if err != nil {
				return nil, fmt.Errorf("relay %s: %w", c.Name, err)
			}
			r.ExtraCAs = pem
		}
		if err := r.Validate(); err != nil {
			return nil, fmt.Errorf("relay %s: %w", c.Name, err)
		}
		relays = append(relays, r)
	}
	return relays, nil
}

func retryPolicy(letter *config.Newsletter) mailer.RetryPolicy {
	return mailer.RetryPolicy{GiveUp: letter.GiveUp, InDoubt: letter.InDoubt}
}
