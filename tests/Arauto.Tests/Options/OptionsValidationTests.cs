using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Options;

namespace Arauto.Tests.Options;

public sealed class OptionsValidationTests
{
    private static readonly Func<ArautoOptions, object>[] Sections = [o => o, o => o.Limits, o => o.Heartbeat, o => o.Presence, o => o.Drain, o => o.Channels["room:"]];

    public static TheoryData<int, string> Ranges => [.. Sections.SelectMany((section, index) =>
        section(new ArautoOptions()).GetType().GetProperties().Where(property => property.GetCustomAttribute<RangeAttribute>() is not null).Select(property => (index, property.Name)))];

    private static ArautoOptions Valid() => new() { Node = "n1" };

    [Fact]
    public void Defaults_are_valid()
    {
        Assert.Empty(OptionsValidation.FindProblems(Valid()));
        Assert.Empty(OptionsValidation.FindProblems(new AuthOptions()));
        Assert.True(new OptionsValidation().Validate(null, Valid()).Succeeded);
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Value_below_and_above_the_range_is_found(int section, string name)
    {
        var property = Sections[section](new ArautoOptions()).GetType().GetProperty(name)!;
        var range = property.GetCustomAttribute<RangeAttribute>()!;
        foreach (var value in new[] { Convert.ToDouble(range.Minimum) - 1, Convert.ToDouble(range.Maximum) + 1 })
        {
            if (value > int.MaxValue) continue;
            var options = Valid();
            property.SetValue(Sections[section](options), Convert.ChangeType(value, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType));
            Assert.Contains(OptionsValidation.FindProblems(options), problem => problem.Key.EndsWith(name, StringComparison.OrdinalIgnoreCase) && problem.Value == $"{value}");
        }
    }

    [Fact]
    public void Every_number_that_can_be_set_has_a_range()
    {
        foreach (var section in Sections)
            foreach (var property in section(new ArautoOptions()).GetType().GetProperties())
                if ((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is var type && (type == typeof(int) || type == typeof(double)))
                    Assert.NotNull(property.GetCustomAttribute<RangeAttribute>());
    }

    [Fact]
    public void Not_a_number_is_not_in_any_range()
    {
        var options = Valid();
        options.Channels["room:"].HistoryHours = double.NaN;
        Assert.Equal("channels[\"room:\"].historyHours", Assert.Single(OptionsValidation.FindProblems(options)).Key);
    }

    [Fact]
    public void Undefined_words_are_found()
    {
        var options = Valid();
        options.Channels["room:"].Publish = (AccessRule)77;
        options.Channels["room:"].SlowConsumer = (SlowConsumerPolicy)77;
        Assert.Equal(2, OptionsValidation.FindProblems(options).Count);
    }

    [Fact]
    public void Secrets_never_stand_in_a_problem()
    {
        var problems = OptionsValidation.FindProblems(new AuthOptions { JwtSecret = "pa55word", JwksUrl = new Uri("ftp://u:pa55word@h/") });
        Assert.Equal(3, problems.Count);
        Assert.All(problems, problem => Assert.DoesNotContain("pa55word", problem.ToString(), StringComparison.Ordinal));
        Assert.True(new OptionsValidation().Validate(null, new AuthOptions { JwtSecret = "pa55word" }).Failed);
    }
}
