package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/unionboard/unionboard/internal/assess"
)

const (
	publicationColumns = `id, period, edition, state, content, log_seq, reason, proposed_by, proposed_at, note, decided_by, decided_at`
	insertPublication  = `INSERT INTO publication (seq, ` + publicationColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	selectPublications = `SELECT ` + publicationColumns + ` FROM publication WHERE 1 = 1`
	countProposed      = `SELECT COUNT(*) FROM publication WHERE period = $1 AND state = 'proposed'`
	decidePublication  = `UPDATE publication SET state = $1, note = $2, decided_by = $3, decided_at = $4 WHERE id = $5 AND state = 'proposed'`

	insertSeal   = `INSERT INTO seal (number, period, edition, digest, log_seq, sealed_at, publication) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	insertPiece  = `INSERT INTO seal_piece (number, piece, content) VALUES ($1, $2, $3)`
	selectSeals  = `SELECT number, period, edition, digest, log_seq, sealed_at, publication FROM seal ORDER BY number`
	selectPieces = `SELECT content FROM seal_piece WHERE number = $1 ORDER BY piece`
	lastSeal     = `SELECT number, digest FROM seal ORDER BY number DESC LIMIT 1`
)

// ProposePublication writes a new proposal. While another of the period waits it is ErrConflict.
func (s *Store) ProposePublication(ctx context.Context, p assess.Publication, line assess.AuditLine) error {
	_, err := s.change(ctx, "propose a publication", func(t tx, h *head) error {
		var waiting int
		if err := t.row(countProposed, p.Period.String()).Scan(&waiting); err != nil {
			return err
		}
		if waiting > 0 {
			return assess.Conflict("problem.publication_waits",
				fmt.Sprintf("the publication of %s is proposed already; it waits for approval, or is withdrawn first", p.Period), "period", p.Period.String())
		}
		h.Seq++
		_, err := t.exec(insertPublication, h.Seq, p.ID, p.Period.String(), p.Edition, string(p.State), p.Content, p.Seq, p.Reason, p.ProposedBy,
			millis(p.ProposedAt), p.Note, p.DecidedBy, millis(p.DecidedAt))
		return err
	}, line)
	return err
}

// DecidePublication ends a proposal that waits without publishing anything. One that waits no more is ErrConflict.
func (s *Store) DecidePublication(ctx context.Context, p assess.Publication, line assess.AuditLine) error {
	_, err := s.change(ctx, "decide a publication", func(t tx, _ *head) error { return t.decidePublication(p) }, line)
	return err
}

func (t tx) decidePublication(p assess.Publication) error {
	changed, err := t.exec(decidePublication, string(p.State), p.Note, p.DecidedBy, millis(p.DecidedAt), p.ID)
	if err != nil || changed == 1 {
		return err
	}
	return assess.Conflict("problem.publication_moved", "somebody else decided about this publication meanwhile; look at it again")
}

// Publish keeps a seal and what was approved with it: the proposal is approved and the collection of the period, where c names one, is
// published, all or nothing. seal is the whole text of the seal. When another seal was made since mark was asked for it is ErrConflict.
func (s *Store) Publish(ctx context.Context, p assess.Publication, c *assess.Cycle, made assess.Seal, mark assess.SealMark, seal io.Reader, lines ...assess.AuditLine) error {
	pieces, err := packSeal(seal)
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.Period, err)
	}
	_, err = s.change(ctx, "publish", func(t tx, h *head) error {
		last, _, err := t.lastSeal()
		if err != nil {
			return err
		}
		if last != mark.Number {
			return assess.Conflict("problem.publication_overtaken", "another period was published at the same moment; approve this one again")
		}
		if err := t.decidePublication(p); err != nil {
			return err
		}
		made.Number = last + 1
		if _, err := t.exec(insertSeal, made.Number, made.Period.String(), made.Edition, made.Digest, made.Seq, millis(made.At), made.Publication); err != nil {
			return err
		}
		for i, piece := range pieces {
			if _, err := t.exec(insertPiece, made.Number, i, piece); err != nil {
				return err
			}
		}
		if c == nil {
			return nil
		}
		return t.putCycle(h, *c)
	}, lines...)
	return err
}

func (t tx) lastSeal() (number int, digest string, err error) {
	err = t.row(lastSeal).Scan(&number, &digest)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return number, digest, err
}

// SealMark answers what the next seal follows.
func (s *Store) SealMark(ctx context.Context) (m assess.SealMark, err error) {
	err = s.reader.QueryRowContext(ctx, lastSeal).Scan(&m.Number, &m.Previous)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err == nil {
		var h head
		h, err = scanHead(s.reader.QueryRowContext(ctx, selectHead))
		m.Audit, m.AuditHash = h.Audit, h.auditHash
	}
	return m, s.explain("read the last seal", err)
}

// Publications answers what was proposed to be published of some periods, of all for none, oldest first.
func (s *Store) Publications(ctx context.Context, periods ...assess.Period) ([]assess.Publication, error) {
	query, args := among(selectPublications, nil, "period", periodTexts(periods))
	all, err := list(ctx, s.reader, func(row scanner) (p assess.Publication, err error) {
		var text string
		var proposed, decided int64
		if err := row.Scan(&p.ID, &text, &p.Edition, &p.State, &p.Content, &p.Seq, &p.Reason, &p.ProposedBy, &proposed, &p.Note, &p.DecidedBy, &decided); err != nil {
			return p, err
		}
		p.ProposedAt, p.DecidedAt = moment(proposed), moment(decided)
		p.Period, err = period(text)
		return p, err
	}, query+` ORDER BY seq`, args...)
	return all, s.explain("read publications", err)
}

// Seals answers all seals in the order of the chain.
func (s *Store) Seals(ctx context.Context) ([]assess.Seal, error) {
	all, err := list(ctx, s.reader, func(row scanner) (m assess.Seal, err error) {
		var text string
		var at int64
		if err := row.Scan(&m.Number, &text, &m.Edition, &m.Digest, &m.Seq, &at, &m.Publication); err != nil {
			return m, err
		}
		m.At = moment(at)
		m.Period, err = period(text)
		return m, err
	}, selectSeals)
	return all, s.explain("read seals", err)
}

// OpenSeal answers the text of a seal by its number in the chain. What is kept may be damaged: reading then fails with ErrInvalid.
func (s *Store) OpenSeal(ctx context.Context, number int) (io.ReadCloser, error) {
	pieces, err := list(ctx, s.reader, func(row scanner) (piece string, err error) { return piece, row.Scan(&piece) }, selectPieces, number)
	if err != nil {
		return nil, s.explain("read a seal", err)
	}
	var readers []io.Reader
	for _, piece := range pieces {
		readers = append(readers, base64.NewDecoder(base64.StdEncoding, strings.NewReader(piece)))
	}
	unpack, err := zstd.NewReader(io.MultiReader(readers...), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, damagedSeal(err)
	}
	return unpacking{unpack}, nil
}

// unpacking reads a packed seal and says what is wrong with the packing in words.
type unpacking struct{ from *zstd.Decoder }

func (u unpacking) Read(b []byte) (int, error) {
	n, err := u.from.Read(b)
	if err != nil && err != io.EOF {
		err = damagedSeal(err)
	}
	return n, err
}

func (u unpacking) Close() error {
	u.from.Close()
	return nil
}

func damagedSeal(err error) error {
	return assess.Invalid("problem.seal_packed", "the seal was damaged where it is kept and cannot be unpacked; take it from a backup, or from where it was sent").Because(err)
}

// sealPiece is how many bytes of a packed seal make a row.
const sealPiece = 384 << 10

// packSeal packs a seal into the pieces that are kept.
func packSeal(seal io.Reader) (pieces []string, err error) {
	var packed strings.Builder
	pack, err := zstd.NewWriter(&packed, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(pack, seal); err != nil {
		return nil, err
	}
	if err := pack.Close(); err != nil {
		return nil, err
	}
	text := packed.String()
	for len(text) > 0 {
		n := min(sealPiece, len(text))
		pieces = append(pieces, base64.StdEncoding.EncodeToString([]byte(text[:n])))
		text = text[n:]
	}
	return pieces, nil
}
