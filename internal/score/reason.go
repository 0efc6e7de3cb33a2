package score

// The reasons a reader may ask for: message keys of package i18n.
const (
	reasonAnnual          = "reason.annual"            // annual indicator in a quarter
	reasonExempt          = "reason.exempt"            // marked not applicable by the city
	reasonAwaited         = "reason.awaited"           // not filed yet
	reasonMissing         = "reason.missing"           // closed without a figure
	reasonZeroDenominator = "reason.zero_denominator"  // nothing to divide by
	reasonNotPositive     = "reason.not_positive"      // the logarithm, or the rank, needs a value above zero
	reasonNegative        = "reason.negative"          // a ratio below zero scores nothing
	reasonNoTarget        = "reason.no_target"         // the target is not set yet
	reasonZeroTargetDown  = "reason.zero_target_down"  // lower is better than zero
	reasonNoTask          = "reason.no_task"           // the year's target is zero
	reasonNoTaskButValue  = "reason.no_task_but_value" // the same, with work done all the same
	reasonPhased          = "reason.phased"            // nothing of the target is due yet
	reasonNoBand          = "reason.no_band"           // the value lies in no band
	reasonNoLevel         = "reason.no_level"          // the level is not one of the method's
	reasonNoQuorum        = "reason.no_quorum"         // no group of raters has enough ballots
	reasonUnknownPart     = "reason.unknown_part"      // some parts belong to no group, kind or level
	reasonSingle          = "reason.single"            // nobody to be compared with
	reasonSmallGroup      = "reason.small_group"       // the peer group is too small to be ranked
	reasonOutsideRanks    = "reason.outside_ranks"     // the unit takes no part in ranks
	reasonNoSpread        = "reason.no_spread"         // all peers have the same value
	reasonTargetBehind    = "reason.target_behind"     // the target lies at or behind the worst value
	reasonImputed         = "reason.imputed"           // not reported; the value of the others stands for it
	reasonAvailability    = "reason.availability"      // too little of what is due is applicable
	reasonWaits           = "reason.waits"             // something below is pending
	reasonNothingDue      = "reason.nothing_due"       // nothing below is due
	reasonNothingApplies  = "reason.nothing_applies"   // nothing below is applicable
	reasonMean            = "reason.mean"              // the mean needs scores above zero
	reasonCity            = "reason.city"              // makes no sense for sums over units
)
