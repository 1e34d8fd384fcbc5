namespace Arauto.Protocol.Codecs;

/// <summary>Takes values out of fields and keeps the first error. Pass by reference.</summary>
internal struct FieldChecks
{
    private const string ChannelGrammar = "1 to 255 printable characters without white space, comma and asterisk";

    /// <summary>The first thing that was wrong.</summary>
    public ProtocolError? Error { get; private set; }

    public void Refuse(string message) => Error ??= new ProtocolError(ErrorCode.InvalidMessage, message);

    public void Refuse(ProtocolError? error) => Error ??= error;

    public string Channel(in Field<string> field)
    {
        if (field.State != FieldState.TooLong && !Has("channel", field, "a string"))
        {
            RefuseMissing("channel", field, "a string");
            return "";
        }
        if (!ChannelName.IsValid(field.Value))
            Refuse(new ProtocolError(ErrorCode.InvalidChannel, $"The field \"channel\" is not a channel's name: {ChannelGrammar}."));
        return field.Value;
    }

    public string Text(string name, in Field<string> field, int max)
    {
        var text = OptionalText(name, field, max);
        if (text is null) RefuseMissing(name, field, $"a string of 1 to {max} characters");
        return text ?? "";
    }

    public string? OptionalText(string name, in Field<string> field, int max)
    {
        if (field.State == FieldState.Absent) return null;
        if (field.IsPresent && field.Value.Length > 0 && field.Value.Length <= max) return field.Value;
        if (field.State == FieldState.NotUnicode) RefuseNotUnicode(name);
        Refuse($"The field \"{name}\" must be a string of 1 to {max} characters.");
        return null;
    }

    public long Integer(string name, in Field<long> field, long min = 0, long max = NativeLimits.MaxInteger)
    {
        if (OptionalInteger(name, field, min, max) is { } value) return value;
        RefuseMissing(name, field, $"an integer from {min} to {max}");
        return 0;
    }

    public long? OptionalInteger(string name, in Field<long> field, long min = 0, long max = NativeLimits.MaxInteger)
    {
        if (field.State == FieldState.Absent) return null;
        if (field.IsPresent && field.Value >= min && field.Value <= max) return field.Value;
        Refuse($"The field \"{name}\" must be an integer from {min} to {max}.");
        return null;
    }

    public double Seconds(string name, in Field<double> field)
    {
        if (OptionalSeconds(name, field) is { } value) return value;
        RefuseMissing(name, field, "a number of seconds");
        return 0;
    }

    public double? OptionalSeconds(string name, in Field<double> field)
    {
        if (field.State == FieldState.Absent) return null;
        if (field.IsPresent && double.IsFinite(field.Value) && field.Value >= 0) return field.Value;
        Refuse($"The field \"{name}\" must be a number of seconds, at least 0.");
        return null;
    }

    /// <summary>A field that must be there and needs no check beyond its type.</summary>
    public T Value<T>(string name, in Field<T> field, string expected)
    {
        if (Has(name, field, expected)) return field.Value;
        RefuseMissing(name, field, expected);
        return default!;
    }

    /// <summary>Whether a value is there; refuses one of the wrong type.</summary>
    public bool Has<T>(string name, in Field<T> field, string expected)
    {
        if (field.State is FieldState.Mistyped or FieldState.TooLong) Refuse($"The field \"{name}\" must be {expected}.");
        if (field.State == FieldState.NotUnicode) RefuseNotUnicode(name);
        return field.IsPresent;
    }

    private void RefuseNotUnicode(string name) =>
        Refuse($"The field \"{name}\" holds text that is not valid Unicode (half of a surrogate pair, or bytes that are not UTF-8).");

    private void RefuseMissing<T>(string name, in Field<T> field, string expected)
    {
        if (field.State == FieldState.Absent) Refuse($"The field \"{name}\" is missing; it must be {expected}.");
    }
}
