using Arauto.Benchmarks.Budgets;
using Arauto.Benchmarks.Redis;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;

// Without a verb: times with BenchmarkDotNet, whose arguments follow (--filter '*Codec*').
return args switch
{
    ["check", var file] => BudgetCheck.Run(file, update: false),
    ["update", var file] => BudgetCheck.Run(file, update: true),
    ["redis"] => await RedisThroughput.RunAsync(),
    _ => Time(args),
};

static int Time(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(BudgetCheck).Assembly).Run(args, DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default));
    return 0;
}
