package assess

// ResultState is where the result of a year stands (年度考核结果).
type ResultState string

// The states of a year's result, as in the workflow.
const (
	ResultDraft     ResultState = "draft"
	ResultReviewed  ResultState = "reviewed"      // 会审
	ResultPublicity ResultState = "publicity"     // 公示中
	ResultAppeals   ResultState = "appeal_window" // 申诉期
	ResultDecided   ResultState = "decided"       // 审定
	ResultAnnounced ResultState = "announced"     // 通报
	ResultArchived  ResultState = "archived"      // 归档
)

// Decided says whether the result is final, so that it can be sealed and announced.
func (s ResultState) Decided() bool {
	return s == ResultDecided || s == ResultAnnounced || s == ResultArchived
}

// AppealState is where an appeal against a score stands (申诉).
type AppealState string

// The states of an appeal.
const (
	AppealSubmitted AppealState = "submitted"
	AppealTaken     AppealState = "accepted_for_review" // 受理
	AppealRefused   AppealState = "refused"             // 不予受理
	AppealUpheld    AppealState = "upheld"              // 维持: the score stays
	AppealChanged   AppealState = "changed"             // 变更: the score is computed again
	AppealNotified  AppealState = "notified"            // 已告知
)

// CorrectionState is where the request to correct a figure of a closed period stands (更正).
type CorrectionState string

// The states of a correction.
const (
	CorrectionRequested CorrectionState = "requested"
	CorrectionChecked   CorrectionState = "checked" // by the department whose figure it is
	CorrectionApplied   CorrectionState = "applied" // a new version of the data
	CorrectionRefused   CorrectionState = "refused"
)

// TaskState is where something that is to be put right stands (整改).
type TaskState string

// The states of a rectification task.
const (
	TaskOpen       TaskState = "open"
	TaskInProgress TaskState = "in_progress"
	TaskReported   TaskState = "done_reported" // the owner says it is done
	TaskClosed     TaskState = "closed"        // 销号, by another person
	TaskReopened   TaskState = "reopened"
)
