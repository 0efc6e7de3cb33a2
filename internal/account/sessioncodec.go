package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionCodec writes what is known of a session as JSON: every page begins with reading it, and encoding/gob, the way of alexedwards/scs,
// takes ten times as long. What was written by gob, before this codec was, is still read.
type SessionCodec struct{}

var _ scs.Codec = SessionCodec{}

// sessionText is a session as it is written: a value is a text or a whole number.
type sessionText struct {
	Deadline int64             `json:"deadline"` // nanoseconds since 1970
	Texts    map[string]string `json:"texts,omitempty"`
	Numbers  map[string]int64  `json:"numbers,omitempty"`
}

// Encode writes a session. A value that is neither a string nor an int64 is an error.
func (SessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	text := sessionText{Deadline: deadline.UnixNano(), Texts: map[string]string{}, Numbers: map[string]int64{}}
	for key, value := range values {
		switch value := value.(type) {
		case string:
			text.Texts[key] = value
		case int64:
			text.Numbers[key] = value
		default:
			return nil, fmt.Errorf("write a session: %s is a %T, which is no text and no whole number", key, value)
		}
	}
	return json.Marshal(text)
}

// Decode reads a session.
func (SessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	if !bytes.HasPrefix(b, []byte("{")) {
		return scs.GobCodec{}.Decode(b)
	}
	var text sessionText
	if err := json.Unmarshal(b, &text); err != nil {
		return time.Time{}, nil, fmt.Errorf("read a session: %w", err)
	}
	values := make(map[string]any, len(text.Texts)+len(text.Numbers))
	for key, value := range text.Texts {
		values[key] = value
	}
	for key, value := range text.Numbers {
		values[key] = value
	}
	return time.Unix(0, text.Deadline).UTC(), values, nil
}
