package audit

import (
	"context"

	"github.com/unionboard/unionboard/internal/assess"
)

// Origin is where what is being done was asked for: the network address, and the number of the request. The zero value is the program itself.
type Origin struct{ Address, Request string }

type originKey struct{}

// From answers a context in which everything that is done was asked for from an origin, however deep the hand is that writes the line.
func From(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf answers the origin of what is done in a context.
func OriginOf(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}

// Fill answers the line with the origin where it names none itself.
func (o Origin) Fill(line assess.AuditLine) assess.AuditLine {
	if line.Address == "" {
		line.Address = o.Address
	}
	if line.Request == "" {
		line.Request = o.Request
	}
	return line
}
