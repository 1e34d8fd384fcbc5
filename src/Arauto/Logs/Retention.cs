namespace Arauto.Logs;

/// <summary>How much of a channel is kept. A message goes when either bound is passed; some time later at the log's convenience.</summary>
/// <param name="MaxMessages">The number of newest messages kept; 0 means no bound.</param>
/// <param name="MaxAge">The age up to which messages are kept; <see cref="TimeSpan.Zero"/> means no bound.</param>
public readonly record struct Retention(int MaxMessages, TimeSpan MaxAge);
