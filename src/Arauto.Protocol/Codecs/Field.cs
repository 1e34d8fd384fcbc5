namespace Arauto.Protocol.Codecs;

/// <summary>
/// One field as a decoder found it. A bad value is not an error yet: only the command that uses the field makes it one,
/// and which command it is may be known only at the end of the frame.
/// </summary>
internal readonly struct Field<T>
{
    public Field(T value)
    {
        Value = value;
        State = FieldState.Present;
    }

    public Field(FieldState state)
    {
        Value = default!;
        State = state;
    }

    /// <summary>The value; meaningful only when <see cref="State"/> is <see cref="FieldState.Present"/>.</summary>
    public T Value { get; }

    public FieldState State { get; }

    public bool IsPresent => State == FieldState.Present;
}
