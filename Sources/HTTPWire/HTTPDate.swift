/// A time as the field `Date` has it (RFC 9110, section 5.6.7).
public enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let secondsInDay = 86_400

    /// The text of a time, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Parameter unixSeconds: since 1970, leap seconds left out; a time before is taken for 1970.
    public static func text(unixSeconds: Double) -> String {
        let seconds = max(0, Int(exactly: unixSeconds.rounded(.down)) ?? 0)
        let (days, time) = seconds.quotientAndRemainder(dividingBy: secondsInDay)
        let (year, month, day) = date(days)
        let clock = [time / 3600, time / 60 % 60, time % 60].map(padded).joined(separator: ":")
        return "\(weekdays[days % 7]), \(padded(day)) \(months[month - 1]) \(year) \(clock) GMT"
    }

    /// The Gregorian date of a day since 1970, by Howard Hinnant's `civil_from_days`: years begin in March, so that the
    /// leap day is the last.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
