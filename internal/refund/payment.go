package refund

import "github.com/unionboard/unionboard/internal/assess"

// Payment is one row of the tax bureau: dues that an enterprise paid by one ticket. Texts stand as they came.
type Payment struct {
	Row              int // line in its file
	ID               string
	Registration     string // 登记序号 (djxh), the bureau's number of the taxpayer
	Code             string // unified social credit code, as written
	Name             string
	Office           string // tax office
	District         string // six digits, as the bureau has it
	Address          string
	LegalRep         string
	Phone            string
	Ticket           string
	PeriodFrom       string
	PaidDate         string
	PayerAccount     string
	PayerAccountName string
	Fen              Fen
	// Fault is why the row cannot be refunded, nil for a good one. The row keeps its place in what comes out.
	Fault *assess.Problem
}

// Union is one row of the register of unions. Texts stand as they came.
type Union struct {
	Row                   int
	ID                    string
	Name                  string
	Type                  string
	Status                string
	Parent                string // ID of the union above
	District              string
	OwnCode               string // the union's own code, 81…
	EnterpriseName        string
	EnterpriseCode        string
	Address               string
	LegalRep              string
	Phone                 string
	HasAccount            string
	Account, AccountOwner string
	Fault                 *assess.Problem
}
